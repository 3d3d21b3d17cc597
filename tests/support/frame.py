"""What every response has and has not, held in every test; and which problem it is."""

import re
from contextlib import AbstractContextManager

from lambdo.web import static_files
from tests.support.documented import documented
from tests.support.watch import watch
from tools.in_process.api import Answer, Json
from tools.in_process.problems import differences
from tools.local.application import Route

SECURITY_HEADERS = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
}
NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
# Attributes that no answer shows, but for those of these routes.
INNER = {
    "password_hash", "lsi1sk", "lsi4sk", "token_hash", "tag_ids", "tag_count", "deleted_at", "session_epoch", "epoch"
}  # fmt: skip
SHOWN = {"GET /api/{user_id}/tasks/trash": {"deleted_at"}}


class Observer:
    """Holds each call of a handler and each response to what holds for all of them."""

    def running(self, folder: str) -> AbstractContextManager[None]:
        return watch.running(folder)

    def answered(self, route: Route, sent: Json, answer: Answer) -> None:
        watch.learn(sent["body"], sent["raw"], {"token": sent["token"]}, "" if answer.is_page else answer.text)
        documented.hold(route.method, route.path, sent["body"], answer)
        _assert_framed(answer, sent["request_id"], INNER - SHOWN.get(f"{route.method} {route.path}", set()))


def assert_problem(answer: Answer, status: int, code: str) -> None:
    """Check that the answer is this refusal, in the form of RFC 9457, and nothing else."""
    assert not differences(answer, status, code), answer.text


def _assert_framed(answer: Answer, request_id: str, inner: set[str]) -> None:
    """Check what every answer of every endpoint has, and has not."""
    assert answer.headers["x-request-id"] == request_id
    assert answer.headers.items() >= SECURITY_HEADERS.items()
    if answer.is_page:
        policy = re.sub(r"style-src 'sha256-[^']+'", "style-src 'self'", answer.headers["content-security-policy"])
        assert policy.startswith(static_files.POLICY)
        assert answer.headers["cache-control"] in {static_files.REVALIDATED, static_files.FOREVER}
    else:
        assert answer.headers["content-security-policy"] == NO_PAGE
        assert answer.headers["cache-control"] == ("public, max-age=300" if '"keys"' in answer.text else "no-store")
    assert ("content-type" in answer.headers) == bool(answer.content)
    if (
        answer.status < 400 and not answer.is_page
    ):  # a refusal may name an unknown field that the client sent, a page any
        assert not inner & set(answer.text.split('"'))
