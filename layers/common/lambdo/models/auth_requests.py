"""Bodies of the account endpoints."""

from pydantic import Field

from lambdo.models.account_fields import Email, NewPassword, PersonName, TimeZone
from lambdo.models.fields import PatchModel, RequestModel


class Register(RequestModel):
    """A new account."""

    email: Email
    """In any case; it is kept in lower case."""
    password: NewPassword
    """Any characters; not among the 3,000 most common passwords, and not the e-mail address."""
    name: PersonName | None = None


class LogIn(RequestModel):
    """Who wants in."""

    email: Email
    password: str
    cookie: bool = False
    """Whether the refresh token is to come as a cookie, for browsers, instead of in the body."""


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
    """Any characters; not among the 3,000 most common passwords, and not the e-mail address."""


class RequestPasswordReset(RequestModel):
    """Whose password has been forgotten."""

    email: Email


class ResetPassword(RequestModel):
    """The token of the mail, and the password to have from now on."""

    token: str
    password: NewPassword
    """Any characters; not among the 3,000 most common passwords, and not the e-mail address."""


class VerifyEmail(RequestModel):
    """The token of the mail."""

    token: str


class UpdateMe(PatchModel):
    """What to change about oneself: a member that is absent stays, null clears the name (RFC 7396)."""

    name: PersonName | None = None
    time_zone: TimeZone = Field(default="UTC")
    """An IANA name such as `Europe/Berlin`, by whose dates tasks are due."""


class DeleteMe(RequestModel):
    """The proof that it is really the owner who wants the account gone."""

    password: str
