"""Every failure that a client can see, as RFC 9457 problem details.

Problem
├── MalformedJson 400               malformed_json
├── MalformedHeader 400             malformed_header
├── InvalidCursor 400               invalid_cursor
├── InvalidMailToken 400            invalid_mail_token
├── Unauthenticated 401             invalid_token
├── InvalidCredentials 401          invalid_credentials
├── InvalidRefreshToken 401         invalid_refresh_token
├── RefreshTokenReused 401          refresh_token_reused
├── Forbidden 403                   forbidden
├── WrongPassword 403               wrong_password
├── TaskNotFound 404                task_not_found
├── TagNotFound 404                 tag_not_found
├── SessionNotFound 404             session_not_found
├── UserNotFound 404                user_not_found
├── PageNotFound 404                page_not_found
├── EmailAlreadyExists 409          email_already_exists
├── TagAlreadyExists 409            tag_already_exists
├── IdempotencyKeyInUse 409         idempotency_key_in_use
├── StorageFull 409                 storage_full
├── PreconditionFailed 412          precondition_failed
├── ContentTooLarge 413             content_too_large
├── UnsupportedMediaType 415        unsupported_media_type
├── InvalidFields 422               invalid_fields
├── IdempotencyKeyReused 422        idempotency_key_reused
├── TooManyRequests 429             too_many_requests
├── InternalError 500               internal_error
├── ServiceUnavailable 503          service_unavailable
└── MailNotConfigured 503           mail_not_configured

`docs/errors.md` says what a client should do about each; a test keeps it equal to this file.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Final, Self

MAX_ERRORS: Final = 20  # a small request full of wrong fields must not draw a large answer


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal or failure with a status, a stable code and a sentence for people.

    Parameters
    ----------
    detail
        What went wrong with this very request; the class's own sentence by default.
    headers
        Response headers that belong to this answer.
    errors
        For wrong fields: one `{loc, msg, type}` per field, or `{field, msg, type}` of a service; the first 20 are kept.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    default_detail: ClassVar[str]
    reason: str | None = None  # for the log alone

    def __init__(
        self,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        self.detail = detail or self.default_detail
        self.headers = dict(headers or {})
        self.errors = errors[:MAX_ERRORS] if errors is not None else None
        super().__init__(self.detail)

    def details(self, path: Collection[str] = (), **of_the_response: str) -> dict[str, Any]:
        """Return the problem as RFC 9457 writes it.

        Parameters
        ----------
        path
            Names of the parameters in the request's path; a field that is none of them was sent in the body.
        of_the_response
            Members that belong to its very response.
        """
        details = {
            "type": f"/docs/errors#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **of_the_response,
            "code": self.code,
        }
        if self.errors is None:
            return details
        return {**details, "errors": [_located(error, path) for error in self.errors]}


def _located(error: Mapping[str, Any], path: Collection[str]) -> Mapping[str, Any]:
    """Return the error of a field with where the client sent it, in place of its bare name."""
    if "field" not in error:
        return error
    place = "path" if error["field"] in path else "body"
    return {"loc": [place, error["field"]], "msg": error["msg"], "type": error["type"]}


class MalformedJson(Problem):
    """The body is not a JSON document in UTF-8 (RFC 8259)."""

    status, code, title = 400, "malformed_json", "Malformed JSON"
    default_detail = "The request body is not valid JSON in UTF-8."


class MalformedHeader(Problem):
    """A header that changes the meaning of the request cannot be read."""

    status, code, title = 400, "malformed_header", "Malformed header"
    default_detail = "A request header is malformed."


class InvalidCursor(Problem):
    """A cursor that this list, with these filters, did not give to this user."""

    status, code, title = 400, "invalid_cursor", "Invalid cursor"
    default_detail = "The cursor does not belong to this list, these filters and this user. Start from the first page."


class InvalidMailToken(Problem):
    """The token of a mail is unknown, expired or spent, or of a mail about something else."""

    status, code, title = 400, "invalid_mail_token", "Invalid mail token"
    default_detail = "The link has expired or was used before. Ask for a new mail."


class Unauthenticated(Problem):
    """No usable access token; RFC 6750 section 3.1 wants 401 and says why in WWW-Authenticate."""

    status, code, title = 401, "invalid_token", "Unauthenticated"
    default_detail = "The access token is malformed or was not signed here for this API."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"www-authenticate": 'Bearer error="invalid_token"'})


class InvalidCredentials(Problem):
    """E-mail and password do not match an account; unknown and wrong are told alike."""

    status, code, title = 401, "invalid_credentials", "Invalid credentials"
    default_detail = "E-mail address or password is wrong."


class InvalidRefreshToken(Problem):
    """The refresh token is unknown, expired or revoked."""

    status, code, title = 401, "invalid_refresh_token", "Invalid refresh token"
    default_detail = "The refresh token is unknown, expired or revoked. Log in again."


class RefreshTokenReused(Problem):
    """A refresh token came back after its successor was in use (RFC 9700 section 4.14.2)."""

    status, code, title = 401, "refresh_token_reused", "Refresh token reused"
    default_detail = "The refresh token was used before. The session has been ended to protect it. Log in again."


class Forbidden(Problem):
    """The path names another user."""

    status, code, title = 403, "forbidden", "Forbidden"
    default_detail = "The path belongs to another user."


class WrongPassword(Problem):
    """The current password, asked for again before something that cannot be undone, is wrong."""

    status, code, title = 403, "wrong_password", "Wrong password"
    default_detail = "The current password is wrong."


class TaskNotFound(Problem):
    """No such task among the caller's own."""

    status, code, title = 404, "task_not_found", "Task not found"
    default_detail = "You have no task with this id."


class TagNotFound(Problem):
    """No such tag among the caller's own."""

    status, code, title = 404, "tag_not_found", "Tag not found"
    default_detail = "You have no tag with this id."


class SessionNotFound(Problem):
    """No such session among the caller's own."""

    status, code, title = 404, "session_not_found", "Session not found"
    default_detail = "You have no session with this id."


class UserNotFound(Problem):
    """The account of a valid token is gone."""

    status, code, title = 404, "user_not_found", "User not found"
    default_detail = "The account no longer exists."


class PageNotFound(Problem):
    """No such page or file, or the deployment does not serve it."""

    status, code, title = 404, "page_not_found", "Page not found"
    default_detail = "This deployment has no page or file here."


class EmailAlreadyExists(Problem):
    """The address, without regard to case, belongs to an account."""

    status, code, title = 409, "email_already_exists", "E-mail already exists"
    default_detail = "An account with this e-mail address already exists."


class TagAlreadyExists(Problem):
    """The name, without regard to case and Unicode form, belongs to another tag of the user."""

    status, code, title = 409, "tag_already_exists", "Tag already exists"
    default_detail = "You already have a tag with this name."


class IdempotencyKeyInUse(Problem):
    """Another request with the same Idempotency-Key is being carried out at this moment."""

    status, code, title = 409, "idempotency_key_in_use", "Idempotency key in use"
    default_detail = "A request with this Idempotency-Key is being carried out. Send it again for its answer."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "1"})


class StorageFull(Problem):
    """The user's items have reached the 10 GB that a table with local indexes keeps under one key."""

    status, code, title = 409, "storage_full", "Storage full"
    default_detail = "Your account is full. Empty the trash, then try again."


class PreconditionFailed(Problem):
    """If-Match names another version than the current one (RFC 9110 section 13.1.1)."""

    status, code, title = 412, "precondition_failed", "Precondition failed"
    default_detail = "The item has changed since the version in If-Match. Read it again."

    def __init__(self, *, current_version: int) -> None:
        super().__init__(headers={"etag": f'"v{current_version}"'})


class ContentTooLarge(Problem):
    """The body is over the limit."""

    status, code, title = 413, "content_too_large", "Content too large"
    default_detail = "The request body is too large."

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit:,} bytes.")


class UnsupportedMediaType(Problem):
    """The body is of a type that this endpoint does not read."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"
    default_detail = "Send the body as application/json in UTF-8."


class InvalidFields(Problem):
    """Fields or parameters break a rule; `errors` names each."""

    status, code, title = 422, "invalid_fields", "Invalid fields"
    default_detail = "Some fields are invalid; see errors."

    @classmethod
    def of(cls, field: str, msg: str, type_: str) -> Self:
        """Return the problem of one field that a service refuses; where the client sent it, `located` tells."""
        return cls(errors=[{"field": field, "msg": msg, "type": type_}])


class IdempotencyKeyReused(Problem):
    """The Idempotency-Key came with another request before (draft-ietf-httpapi-idempotency-key-header-07 section 2.7)."""

    status, code, title = 422, "idempotency_key_reused", "Idempotency key reused"
    default_detail = "The Idempotency-Key was sent with another request before. Use a new key for each request."

    def __init__(self) -> None:
        rule = {"loc": ["header", "idempotency-key"], "msg": "Should be new for each request", "type": self.code}
        super().__init__(errors=[rule])


class TooManyRequests(Problem):
    """Somebody has done something as often as may be (RFC 6585 section 4; draft-ietf-httpapi-ratelimit-headers-11)."""

    status, code, title = 429, "too_many_requests", "Too many requests"
    default_detail = "There have been too many attempts. Try again after the time in Retry-After."

    def __init__(self, policy: str, quota: int, window: int, seconds_left: int) -> None:
        super().__init__(
            headers={
                "retry-after": str(seconds_left),
                "ratelimit-policy": f'"{policy}";q={quota};w={window}',
                "ratelimit": f'"{policy}";r=0;t={seconds_left}',
            }
        )


class InternalError(Problem):
    """A fault of ours; says nothing but the request id."""

    status, code, title = 500, "internal_error", "Internal error"
    default_detail = "Something went wrong on our side. Quote the request_id when you report it."


class ServiceUnavailable(Problem):
    """A service below is throttled or does not answer; the request may be sent again.

    Parameters
    ----------
    reason
        `conflict`: others changed the same items first, each time; `throttled`, `transient` or `no_answer`: what the service
        below said; `time`: an attempt would not have ended in the function's own time.
    """

    status, code, title = 503, "service_unavailable", "Service unavailable"
    default_detail = "The service is busy or partly unavailable. Try again after the time in Retry-After."

    def __init__(self, reason: str = "conflict") -> None:
        super().__init__(headers={"retry-after": "1"})
        self.reason = reason


class MailNotConfigured(Problem):
    """The deployment has no sender address; sending the request again does not help."""

    status, code, title = 503, "mail_not_configured", "Mail not configured"
    default_detail = "This deployment sends no mails."
