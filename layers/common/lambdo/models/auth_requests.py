"""Bodies of the account endpoints."""

from pydantic import Field

from lambdo.models.account_fields import Email, NewPassword, PersonName, TimeZone
from lambdo.models.fields import RequestModel


class Register(RequestModel):
    """A new account."""

    email: Email
    password: NewPassword
    name: PersonName | None = None


class LogIn(RequestModel):
    """Who wants in."""

    email: Email
    password: str
    cookie: bool = False  # the refresh token in a cookie, for browsers


class Refresh(RequestModel):
    """The live refresh token; a browser has it in its cookie."""

    refresh_token: str | None = None


class LogOut(RequestModel):
    """The session's refresh token that is live or was just replaced; a browser has it in its cookie."""

    refresh_token: str | None = None


class ChangePassword(RequestModel):
    """The password that is, and the one that shall be."""

    current_password: str
    new_password: NewPassword


class RequestPasswordReset(RequestModel):
    """Whose password has been forgotten."""

    email: Email


class ResetPassword(RequestModel):
    """The token of the mail, and the password to have from now on."""

    token: str
    password: NewPassword


class VerifyEmail(RequestModel):
    """The token of the mail."""

    token: str


class UpdateMe(RequestModel):
    """What to change about oneself: a member that is absent stays, null clears the name (RFC 7396)."""

    name: PersonName | None = None
    time_zone: TimeZone = Field(default="UTC")


class DeleteMe(RequestModel):
    """The proof that it is really the owner who wants the account gone."""

    password: str
