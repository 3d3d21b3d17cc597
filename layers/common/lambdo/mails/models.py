"""The purposes of emails, and the stored request for one."""

from typing import Final, Literal, TypedDict

type Purpose = Literal["reset_password", "verify_email"]

LIFETIMES: Final[dict[Purpose, int]] = {"reset_password": 30 * 60, "verify_email": 24 * 3600}  # seconds
REQUEST_LIFETIME: Final = 24 * 3600  # seconds; the table's stream keeps records as long


class MailRequest(TypedDict):
    """An email to send, either to the account with the address or to the user. `expires_at` is in Unix seconds."""

    purpose: Purpose
    email: str | None
    user_id: str | None
    requested_at: str
    expires_at: int
