"""Bodies of the account endpoints."""

from pydantic import Field

from lambdo.models.account_fields import Email, NewPassword, PersonName, TimeZone
from lambdo.models.fields import PatchModel, RequestModel


class Register(RequestModel):
    """A new account."""

    email: Email
    """Case-insensitive; stored in lower case."""
    password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""
    name: PersonName | None = None


class LogIn(RequestModel):
    """Login credentials."""

    email: Email
    password: str
    cookie: bool = False
    """Whether to set the refresh token as a cookie, for browsers, instead of returning it in the body."""


class Refresh(RequestModel):
    """The current refresh token; browsers send it in a cookie instead."""

    refresh_token: str | None = None


class LogOut(RequestModel):
    """The current refresh token of the session, or the one just replaced; browsers send it in a cookie instead."""

    refresh_token: str | None = None


class ChangePassword(RequestModel):
    """The current and the new password."""

    current_password: str
    new_password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""


class RequestPasswordReset(RequestModel):
    """The email address of the account whose password was forgotten."""

    email: Email


class ResetPassword(RequestModel):
    """The token from the email, and the new password."""

    token: str
    password: NewPassword
    """Any characters, but not one of the 3,000 most common passwords and not the email address."""


class VerifyEmail(RequestModel):
    """The token from the email."""

    token: str


class UpdateMe(PatchModel):
    """The fields to change: an absent field keeps its value, null clears the name (RFC 7396)."""

    name: PersonName | None = None
    time_zone: TimeZone = Field(default="UTC")
    """An IANA time zone such as `Europe/Berlin`. Due dates follow it."""


class DeleteMe(RequestModel):
    """The password, which confirms that the owner wants to delete the account."""

    password: str
