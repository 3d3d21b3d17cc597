"""The cookie in which a browser keeps its refresh token, which scripts cannot read (decision 0019)."""

from collections.abc import Sequence
from typing import Final

from lambdo.base import times

_NAME: Final = "__Secure-lambdo-refresh"
_ATTRIBUTES: Final = "Path=/api/auth; Secure; HttpOnly; SameSite=Strict"


def set_cookie(token: str, expires_at: int) -> list[str]:
    """Return the cookies that keep the token until its session ends at `expires_at` (Unix seconds)."""
    return [f"{_NAME}={token}; Max-Age={expires_at - times.unix()}; {_ATTRIBUTES}"]


def clear_cookie() -> list[str]:
    """Return the cookies that make a browser delete its token."""
    return [f"{_NAME}=; Max-Age=0; {_ATTRIBUTES}"]


def find(cookies: Sequence[str]) -> str | None:
    """Return the token among the cookies of a request, each `name=value`; None if there is none."""
    return next((value for name, _, value in (one.partition("=") for one in cookies) if name == _NAME), None)
