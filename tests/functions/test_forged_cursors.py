"""A cursor is good for its user, list and filters, as it was given out, and for nothing else."""

import string
from collections.abc import Callable

import pytest

from lambdo.base import base64url
from lambdo.tasks import cursors
from tests.support.frame import assert_problem
from tools.in_process.api import Caller

ALPHABET = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def cursor(user: Caller) -> str:
    for completed in (True, False, True, False):
        user.create_task(completed=completed)
    value: str = user.call("GET", "tasks", query="limit=2").json["next_cursor"]
    return value


def refused(user: Caller, query: str) -> None:
    assert_problem(user.call("GET", "tasks", query=query), 400, "invalid_cursor")


FORGERIES: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "nonsense": lambda _: "nonsense",
    "zeros": lambda _: "A" * 70,
    "first byte": lambda cursor: ("A" if cursor[0] != "A" else "B") + cursor[1:],
    "last character": lambda cursor: cursor[:-1] + ALPHABET[ALPHABET.index(cursor[-1]) - 1],
    "truncated": lambda cursor: cursor[:-4],
    "tag only": lambda cursor: cursor[:22],
    "extended": lambda cursor: cursor + "AAAA",
    "padded": lambda cursor: cursor + "%3D",
    "NUL": lambda cursor: cursor + "%00",
    "space": lambda cursor: "%20" + cursor,
    "not ASCII": lambda cursor: cursor[:-1] + "%C3%A9",
    "not UTF-8": lambda cursor: cursor[:-1] + "%FF",
    "position not UTF-8": lambda cursor: base64url.encode(base64url.decode(cursor)[:16] + b"\xff\xfe"),
    "other position": lambda cursor: base64url.encode(base64url.decode(cursor)[:16] + b"0" * 36),
    "upper case": str.upper,
    "64 KB": lambda _: "A" * 60_000,
    "a key": lambda _: base64url.encode(b'{"pk":"USER#x","sk":"TASK#x"}'),
}


@pytest.mark.check("H11")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_cursor_is_refused_400(user: Caller, cursor: str, forgery: str) -> None:
    refused(user, f"cursor={FORGERIES[forgery](cursor)}")


@pytest.mark.check("H11")
@pytest.mark.parametrize("status", ["open", "done"])
def test_cursor_of_another_filter_is_refused_400(user: Caller, cursor: str, status: str) -> None:
    refused(user, f"cursor={cursor}&status={status}")
    filtered = user.call("GET", "tasks", query=f"limit=1&status={status}").json["next_cursor"]
    refused(user, f"cursor={filtered}")
    refused(user, f"cursor={filtered}&status={'done' if status == 'open' else 'open'}")


@pytest.mark.check("H11")
def test_cursor_signed_for_another_list_is_refused_400(user: Caller, cursor: str) -> None:
    refused(user, f"cursor={cursors.sign('x', [user.id, 'tags', '', '-created_at'])}")
    refused(user, f"cursor={cursors.sign('x', [f'{user.id}', 'tasks', '', 'created_at'])}")


def test_cursor_names_no_other_user(user: Caller, cursor: str) -> None:
    position = base64url.decode(cursor)[16:].decode()
    assert position == f"0:{user.call('GET', 'tasks').json['items'][1]['id']}"
