"""Bodies of the account endpoints."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lambdo.models.account_fields import Email, NewPassword, PersonName, TimeZone
from lambdo.models.fields import RequestModel


class Register(RequestModel):
    """A new account."""

    email: Email
    password: NewPassword
    name: PersonName | None = None

    @model_validator(mode="after")
    def _password_is_not_the_email(self) -> Self:
        if self.password.casefold() in {self.email, self.email.partition("@")[0]}:
            raise PydanticCustomError("password_is_email", "Password should not be the e-mail address")
        return self


class LogIn(RequestModel):
    """Who wants in."""

    email: Email
    password: str


class Refresh(RequestModel):
    """The live refresh token."""

    refresh_token: str


class LogOut(RequestModel):
    """Any of the session's refresh tokens that is live or was just replaced."""

    refresh_token: str | None = None


class UpdateMe(RequestModel):
    """What to change about oneself: a member that is absent stays, null clears the name (RFC 7396)."""

    name: PersonName | None = None
    time_zone: TimeZone = Field(default="UTC")


class DeleteMe(RequestModel):
    """The proof that it is really the owner who wants the account gone."""

    password: str
