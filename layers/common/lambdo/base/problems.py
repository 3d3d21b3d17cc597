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

`docs/errors.md` explains what a client should do about each; a test compares it with this file.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Final, Self

MAX_ERRORS: Final = 20  # a small request with many invalid fields must not get a large response


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A refusal or failure, with a status, a stable code and a sentence for people.

    Parameters
    ----------
    detail
        What went wrong with this request; by default `default_detail`.
    headers
        Response headers that belong to this problem.
    errors
        For invalid fields: `{loc, msg, type}` for each, or `{field, msg, type}` from a service; the first 20 are kept.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    default_detail: ClassVar[str]
    reason: str | None = None  # only logged

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
        """Return the problem as RFC 9457 defines it.

        Parameters
        ----------
        path
            Names of the parameters in the request's path; any other field was sent in the body.
        of_the_response
            Members that only this response has.
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
    """Return the error of a field with the location where the client sent it, instead of the field's name alone."""
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
    """The cursor was not issued to this user for this list with these filters."""

    status, code, title = 400, "invalid_cursor", "Invalid cursor"
    default_detail = "The cursor is not valid for this user, list and filters. Start from the first page."


class InvalidMailToken(Problem):
    """The token from an email is unknown, has expired, was already used or is for something else."""

    status, code, title = 400, "invalid_mail_token", "Invalid email token"
    default_detail = "The link has expired or was already used. Request a new email."


class Unauthenticated(Problem):
    """There is no valid access token; RFC 6750 section 3.1 requires 401 and WWW-Authenticate."""

    status, code, title = 401, "invalid_token", "Unauthenticated"
    default_detail = "The access token is malformed or was not issued by this API."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"www-authenticate": 'Bearer error="invalid_token"'})


class InvalidCredentials(Problem):
    """The email address and password match no account; the response does not reveal which of them is wrong."""

    status, code, title = 401, "invalid_credentials", "Invalid credentials"
    default_detail = "The email address or the password is incorrect."


class InvalidRefreshToken(Problem):
    """The refresh token is unknown, expired or revoked."""

    status, code, title = 401, "invalid_refresh_token", "Invalid refresh token"
    default_detail = "The refresh token is unknown, expired or revoked. Log in again."


class RefreshTokenReused(Problem):
    """A refresh token was used again after its successor was in use (RFC 9700 section 4.14.2)."""

    status, code, title = 401, "refresh_token_reused", "Refresh token reused"
    default_detail = "The refresh token was already used. For your security, the session has ended. Log in again."


class Forbidden(Problem):
    """The path names another user."""

    status, code, title = 403, "forbidden", "Forbidden"
    default_detail = "The path belongs to another user."


class WrongPassword(Problem):
    """The current password, which some changes to the account require, is incorrect."""

    status, code, title = 403, "wrong_password", "Wrong password"
    default_detail = "The current password is incorrect."


class TaskNotFound(Problem):
    """The caller has no such task."""

    status, code, title = 404, "task_not_found", "Task not found"
    default_detail = "You have no task with this id."


class TagNotFound(Problem):
    """The caller has no such tag."""

    status, code, title = 404, "tag_not_found", "Tag not found"
    default_detail = "You have no tag with this id."


class SessionNotFound(Problem):
    """The caller has no such session."""

    status, code, title = 404, "session_not_found", "Session not found"
    default_detail = "You have no session with this id."


class UserNotFound(Problem):
    """The access token is valid, but its account no longer exists."""

    status, code, title = 404, "user_not_found", "User not found"
    default_detail = "The account no longer exists."


class PageNotFound(Problem):
    """The page or file does not exist, or this deployment does not serve it."""

    status, code, title = 404, "page_not_found", "Page not found"
    default_detail = "There is no page or file at this address."


class EmailAlreadyExists(Problem):
    """An account has this email address, regardless of case."""

    status, code, title = 409, "email_already_exists", "Email already exists"
    default_detail = "An account with this email address already exists."


class TagAlreadyExists(Problem):
    """Another tag of the user has this name, regardless of case and Unicode form."""

    status, code, title = 409, "tag_already_exists", "Tag already exists"
    default_detail = "You already have a tag with this name."


class IdempotencyKeyInUse(Problem):
    """Another request with the same Idempotency-Key is in progress."""

    status, code, title = 409, "idempotency_key_in_use", "Idempotency key in use"
    default_detail = "A request with this Idempotency-Key is in progress. Retry to get its response."

    def __init__(self) -> None:
        super().__init__(headers={"retry-after": "1"})


class StorageFull(Problem):
    """The user's items have reached 10 GB, the limit for one partition key in a table with local secondary indexes."""

    status, code, title = 409, "storage_full", "Storage full"
    default_detail = "Your storage is full. Empty the trash, then try again."


class PreconditionFailed(Problem):
    """If-Match does not match the current version (RFC 9110 section 13.1.1)."""

    status, code, title = 412, "precondition_failed", "Precondition failed"
    default_detail = "The item has changed since the version in If-Match. Read it again."

    def __init__(self, *, current_version: int) -> None:
        super().__init__(headers={"etag": f'"v{current_version}"'})


class ContentTooLarge(Problem):
    """The body exceeds the size limit."""

    status, code, title = 413, "content_too_large", "Content too large"
    default_detail = "The request body is too large."

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit:,} bytes.")


class UnsupportedMediaType(Problem):
    """The endpoint does not accept the media type of the body."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"
    default_detail = "Send the body as application/json in UTF-8."


class InvalidFields(Problem):
    """Fields or parameters are invalid; `errors` names each."""

    status, code, title = 422, "invalid_fields", "Invalid fields"
    default_detail = "Some fields are invalid; see errors."

    @classmethod
    def of(cls, field: str, msg: str, type_: str) -> Self:
        """Return the problem of one field that a service refuses; `details` adds where the client sent it."""
        return cls(errors=[{"field": field, "msg": msg, "type": type_}])


class IdempotencyKeyReused(Problem):
    """The Idempotency-Key was used for a different request (draft-ietf-httpapi-idempotency-key-header-07 section 2.7)."""

    status, code, title = 422, "idempotency_key_reused", "Idempotency key reused"
    default_detail = "The Idempotency-Key was already used for a different request. Use a new key for each request."

    def __init__(self) -> None:
        rule = {"loc": ["header", "idempotency-key"], "msg": "Should be new for each request", "type": self.code}
        super().__init__(errors=[rule])


class TooManyRequests(Problem):
    """A rate limit was exceeded (RFC 6585 section 4; draft-ietf-httpapi-ratelimit-headers-11)."""

    status, code, title = 429, "too_many_requests", "Too many requests"
    default_detail = "Too many attempts. Retry after the number of seconds in Retry-After."

    def __init__(self, policy: str, quota: int, window: int, seconds_left: int) -> None:
        super().__init__(
            headers={
                "retry-after": str(seconds_left),
                "ratelimit-policy": f'"{policy}";q={quota};w={window}',
                "ratelimit": f'"{policy}";r=0;t={seconds_left}',
            }
        )


class InternalError(Problem):
    """A fault in Lambdo or its deployment; the response reveals only the request id."""

    status, code, title = 500, "internal_error", "Internal error"
    default_detail = "Something went wrong on our side. Include the request_id when you report it."


class ServiceUnavailable(Problem):
    """A service that Lambdo calls is throttled or does not respond; the client may retry.

    Parameters
    ----------
    reason
        `conflict`: on every attempt, another writer changed the same items first. `throttled`, `transient` or
        `no_answer`: how the service failed. `time`: there was no time left for another attempt.
    """

    status, code, title = 503, "service_unavailable", "Service unavailable"
    default_detail = "The service is temporarily unavailable. Retry after the number of seconds in Retry-After."

    def __init__(self, reason: str = "conflict") -> None:
        super().__init__(headers={"retry-after": "1"})
        self.reason = reason


class MailNotConfigured(Problem):
    """The deployment has no sender address; a retry does not help."""

    status, code, title = 503, "mail_not_configured", "Email not configured"
    default_detail = "This deployment does not send emails."
