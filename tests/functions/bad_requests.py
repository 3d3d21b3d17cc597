"""The table of bad requests to single routes, each with the refusal that it must meet; test_bad_input.py sends them.

What every route refuses is in test_malformed_requests.py.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tools.in_process.api import PASSWORD, UNKNOWN_ID

CREATE, UPDATE, DONE = ("POST", "tasks"), ("PUT", "tasks/{id}"), ("PATCH", "tasks/{id}/complete")
REGISTER, LOGIN = ("POST", "/api/auth/register"), ("POST", "/api/auth/login")
GET, DELETE, LIST = ("GET", "tasks/{id}"), ("DELETE", "tasks/{id}"), ("GET", "tasks")
MAKE_TAG, TAGS, ME = ("POST", "tags"), ("GET", "tags"), ("PATCH", "/api/auth/me")
GET_TAG, PUT_TAG, PATCH_TAG, DELETE_TAG = [(method, "tags/{tag}") for method in ("GET", "PUT", "PATCH", "DELETE")]
LINK, UNLINK = ("PUT", "tasks/{id}/tags/{tag}"), ("DELETE", "tasks/{id}/tags/{tag}")
TRASH, EMPTY, RESTORE = ("GET", "tasks/trash"), ("DELETE", "tasks/trash"), ("POST", "tasks/trash/{id}/restore")
GO = ("DELETE", "/api/auth/me")
PASSWORD_OF, SESSIONS = ("POST", "/api/auth/password"), ("GET", "/api/auth/sessions")
END_SESSIONS, END_SESSION = ("DELETE", "/api/auth/sessions"), ("DELETE", "/api/auth/sessions/{id}")
FORGOT, RESET = ("POST", "/api/auth/password/forgot"), ("POST", "/api/auth/password/reset")
BULK = ("POST", "tasks/bulk")
VERIFY, RESEND = ("POST", "/api/auth/email/verify"), ("POST", "/api/auth/email/resend")


class Row(NamedTuple):
    """A bad request and the refusal it must meet; `field` is the one that a 422 names."""

    route: tuple[str, str]
    status: int
    field: str | None = None
    body: Any = None
    raw: str | bytes | None = None
    query: str = ""
    headers: dict[str, str] | None = None
    code: str | None = None


def malformed() -> Iterator[Row]:
    """Bodies that are no JSON text in UTF-8."""
    for raw in [
        "", " ", "{", "}", "{]", "[", '"', "{'title':'x'}", '{"title":"x",}', '{"title" "x"}', '{"title":x}',
        '{"title":"x"} {}', '{"title":"x"}\0', "\0", 'title=x', '{"title":"x"', '{"title":"\\x"}', '{"title":"\\u12"}',
        '{"title":"a\nb"}', '{"title":"a\0b"}', "// c\n{}", "\ufeff{\"title\":\"x\"}", "nul", "True", "undefined",
        '{"title":NaN}', '{"title":Infinity}', '{"title":-Infinity}', '{"a":01}', '{"a":+1}', '{"a":.5}', '{"a":1.}',
        '{"title":"\\ud800"}', '{"title":"\\udc00x"}', '{"title":"\\ud83d\\u0041"}', '{"\\ud800":"x"}',
        "[" * 60_000, '{"a":' * 10_000, "[" * 30_000 + "]" * 30_000,
    ]:  # fmt: skip
        yield Row(CREATE, 400, raw=raw)
    broken = [b"\xff", b'{"title":"\xed\xa0\x80"}', b'{"title":"\xc0\x80"}', b'{"title":"\xe2\x82"}', b"\xff\xfe{\0}\0"]
    for encoded in [*broken, '{"title":"x"}'.encode("utf-16"), '{"title":"x"}'.encode("utf-32"), b"\x80\x81" * 100]:
        yield Row(CREATE, 400, raw=encoded)
        yield Row(UPDATE, 400, raw=encoded)
    yield Row(CREATE, 400, raw='{"title":"\ud800"}')  # a lone surrogate in the event itself
    for raw in ["{", " ", "completed=true"]:
        yield Row(DONE, 400, raw=raw)


def too_large() -> Iterator[Row]:
    """Bodies above 64 KB, whatever is in them."""
    yield Row(CREATE, 413, raw=b"x" * 65_537)
    yield Row(CREATE, 413, raw="é" * 32_769)
    yield Row(CREATE, 413, raw="[" * 100_000)
    yield Row(CREATE, 413, raw="x" * 1_000_000)
    yield Row(CREATE, 413, raw=b"\0" * 1_000_000)
    yield Row(CREATE, 400, raw="x" * 65_536)
    yield Row(CREATE, 422, "title", {"title": "x" * 60_000})


def media_types() -> Iterator[Row]:
    """Bodies announced as something else."""
    for media_type in [
        "", "text/plain", "text/json", "application/xml", "application/jsonx", "application/json-patch+json",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=latin-1",
        "application/json;charset=utf-16", "application/json, text/plain", "*/*", "\0", "application/json\0",
    ]:  # fmt: skip
        yield Row(CREATE, 415, body={"title": "x"}, headers={"content-type": media_type})


def wrong_shapes() -> Iterator[Row]:
    """JSON that is no object, and fields that nobody knows or may set."""
    for raw in ["null", "[]", '"x"', "1", "1.5", "true", "[{}]", "1" * 400, "-0", "1e400"]:
        yield Row(CREATE, 422, "body", raw=raw)
        yield Row(DONE, 422, "body", raw=raw)
    for name, value in {
        "id": UNKNOWN_ID, "user_id": UNKNOWN_ID, "version": 7, "created_at": "2000-01-01T00:00:00Z", "updated_at": "x",
        "completed_at": None, "is_admin": True, "pk": "USER#x", "sk": "TASK#x", "lsi1sk": "x", "expires_at": 1,
        "tags": [], "Title": "x", "": 1, "__proto__": {}, "__class__": "x", "$set": {}, "#0": 1, ":one": 1,
    }.items():  # fmt: skip
        yield Row(CREATE, 422, name, {"title": "x", name: value})
        yield Row(UPDATE, 422, name, {name: value})
    for name in [
        "id", "user_id", "version", "created_at", "is_admin", "role", "password_hash", "time_zone", "email_verified"
    ]:  # fmt: skip
        yield Row(REGISTER, 422, name, {"email": "m@example.com", "password": "not so common", name: "x"})
    yield Row(DONE, 422, "title", {"completed": True, "title": "x"})
    yield Row(DONE, 422, "completed", {})


def bulk() -> Iterator[Row]:
    """Operations that are none, or break the rules of their kinds: nothing of such a request is carried out."""
    good, change = {"op": "create", "task": {"title": "x"}}, {"op": "update", "task_id": UNKNOWN_ID, "changes": {}}
    cases: list[tuple[str, Any]] = [
        ("operations", []), ("operations", None), ("operations", {}), ("operations", "x"), ("operations", [good] * 101),
        ("1", [good, None]), ("1", [good, []]), ("1", [good, {}]), ("1", [good, {"op": "CREATE", "task": {"title": "x"}}]),
        ("1", [good, {"op": "move", "task_id": UNKNOWN_ID}]), ("1", [good, {"task": {"title": "x"}}]),
        ("task", [good, {"op": "create"}]), ("title", [good, {"op": "create", "task": {"title": ""}}]),
        ("title", [good, {"op": "create", "title": "x"}]), ("id", [{"op": "create", "task": {"title": "x", "id": "x"}}]),
        ("if_match", [{**good, "if_match": "*"}]), ("task_id", [{**good, "task_id": UNKNOWN_ID}]),
        ("task_id", [good, {"op": "delete"}]), ("task_id", [good, {"op": "delete", "task_id": "x"}]),
        ("task_id", [good, {"op": "delete", "task_id": None}]), ("task_id", [{**change, "task_id": UNKNOWN_ID.upper()}]),
        ("changes", [{"op": "update", "task_id": UNKNOWN_ID}]), ("title", [{**change, "changes": {"title": None}}]),
        ("pk", [{**change, "changes": {"pk": "USER#x"}}]), ("0", [{**change, "changes": {"tag_ids": ["x"]}}]),
        ("if_match", [{**change, "if_match": ""}]), ("if_match", [{**change, "if_match": "v1"}]),
        ("if_match", [{**change, "if_match": None}]), ("if_match", [{**change, "if_match": ", ".join(['"v1"'] * 21)}]),
        ("completed", [{"op": "complete", "task_id": UNKNOWN_ID, "completed": "yes"}]),
        ("completed", [{"op": "delete", "task_id": UNKNOWN_ID, "completed": True}]),
    ]  # fmt: skip
    for field, operations in cases:
        yield Row(BULK, 422, field, {"operations": operations})
    yield Row(BULK, 422, "operations", {})
    yield Row(BULK, 422, "dry_run", {"operations": [good], "dry_run": "yes"})
    yield Row(BULK, 422, "user_id", {"operations": [good], "user_id": UNKNOWN_ID})


def wrong_values() -> Iterator[Row]:
    """Task fields that break their rules, on creation and on update alike."""
    texts: list[Any] = [None, 1, 1.5, True, [], {}, ["x"]]
    blank = ["", " ", "\t\n ", "\u00a0", "\u2003\u3000"]
    control = ["a\0b", "a\x1bb", "a\x7fb", "a\x85b"]
    for title in [*texts, *blank, *control, "a\nb", "a\r\nb", "x" * 201, "\U0001f600" * 201]:
        yield Row(CREATE, 422, "title", {"title": title})
        yield Row(UPDATE, 422, "title", {"title": title})
    for description in [*texts[1:], *control, "x" * 1001]:
        yield Row(CREATE, 422, "description", {"title": "x", "description": description})
        yield Row(UPDATE, 422, "description", {"description": description})
    completed: Any
    for completed in [None, "yes", "true", "True", "", 0, 1, 1.0, [], {}]:
        yield Row(CREATE, 422, "completed", {"title": "x", "completed": completed})
        yield Row(UPDATE, 422, "completed", {"completed": completed})
        yield Row(DONE, 422, "completed", {"completed": completed})
    for priority in ["", "urgent", "HIGH", "high ", 1, True, ["high"], {}]:
        yield Row(CREATE, 422, "priority", {"title": "x", "priority": priority})
        yield Row(UPDATE, 422, "priority", {"priority": priority})
    yield Row(CREATE, 422, "priority", {"title": "x", "priority": None})
    for body in [{}, {"description": "x"}]:
        yield Row(CREATE, 422, "title", body)


def due_dates() -> Iterator[Row]:
    """What is no day, no moment, or outside the years 1 to 9999 in UTC."""
    for due in [
        "", " ", "tomorrow", "2026", "2026-11", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-11-31",
        "0000-01-01", "10000-01-01", "-2026-01-01", "2026-W47-6", "2026-325", "20261121", "26-11-21", "2026-1-1",
        "2026/11/21", "21.11.2026", " 2026-11-21", "2026-11-21 ", "2026-11-21\n", "２０２６-11-21", "2026-11-21T",
        "2026-11-21T09:00:00", "2026-11-21T09:00Z", "2026-11-21T09Z", "2026-11-21T24:00:00Z", "2026-11-21T23:60:00Z",
        "2026-11-21T23:59:60Z", "2026-11-21T09:00:00+24:00", "2026-11-21T09:00:00+1:00", "2026-11-21T09:00:00+0100",
        "2026-11-21T09:00:00+01:60", "2026-11-21T09:00:00.Z", "2026-11-21T09:00:00.1234567Z", "2026-11-21T09:00:00ZZ",
        "2026-11-21T09:00:00 Z", "2026-11-21T09:00:00[Europe/Prague]", "2026-W47-6T09:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1763712000", "2026-11-21\0", "x" * 60_000,
        1763712000, 1.5, True, [], {}, ["2026-11-21"],
    ]:  # fmt: skip
        yield Row(CREATE, 422, "due_date", {"title": "x", "due_date": due})
        yield Row(UPDATE, 422, "due_date", {"due_date": due})


def tags() -> Iterator[Row]:
    """Tag fields, ids of tags, and what goes with them."""
    name: Any
    for name in [
        None, 1, 1.5, True, [], {}, ["x"], "", " ", "\t\n ", "\u00a0", "a\0b", "a\x1bb", "a\x7fb", "a\x85b", "a\nb", "a\r\nb",
        "x" * 51, "\U0001f600" * 51, "x" * 60_000,
    ]:  # fmt: skip
        yield Row(MAKE_TAG, 422, "name", {"name": name})
        yield Row(PUT_TAG, 422, "name", {"name": name})
        yield Row(PATCH_TAG, 422, "name", {"name": name})
    color: Any
    for color in [
        "", "#", "red", "#fff", "#12345", "#1234567", "#12345g", "123456", "##12345", " #123456", "#123456 ", "#123456\n",
        "＃123456", "#１２３４５６", "#12345\0", 0x123456, 1.5, True, [], {}, ["#123456"], "rgb(0,0,0)", "x" * 60_000,
    ]:  # fmt: skip
        yield Row(MAKE_TAG, 422, "color", {"name": "x", "color": color})
        yield Row(PUT_TAG, 422, "color", {"color": color})
    yield Row(MAKE_TAG, 422, "name", {})
    yield Row(MAKE_TAG, 422, "name", {"color": "#000000"})
    for field, value in {
        "id": UNKNOWN_ID, "user_id": UNKNOWN_ID, "version": 7, "created_at": "2000-01-01T00:00:00Z", "updated_at": "x",
        "deleted_at": "x", "tag_id": UNKNOWN_ID, "pk": "x", "sk": "TAG#x", "expires_at": 1, "Name": "x", "": 1, "__proto__": {},
    }.items():  # fmt: skip
        yield Row(MAKE_TAG, 422, field, {"name": "x", field: value})
        yield Row(PATCH_TAG, 422, field, {field: value})
    for tag_ids in [
        "", "x", UNKNOWN_ID, 1, 1.5, True, {}, {"a": 1}, [1], [None], [True], [""], ["x"], [[UNKNOWN_ID]], [UNKNOWN_ID.upper()],
        [UNKNOWN_ID, "TAG#x"], [f"{UNKNOWN_ID}\0"], [f" {UNKNOWN_ID}"], ["9b2d8f34-1d3b-4c58-9d0c-3a8e0f6c2a11"], [{}],
        [f"01a1fd29-7777-7777-8777-7777777777{i:02}" for i in range(21)], ["x"] * 1_000,
    ]:  # fmt: skip
        yield Row(CREATE, 422, None, {"title": "x", "tag_ids": tag_ids}, code="invalid_fields")
        yield Row(UPDATE, 422, None, {"tag_ids": tag_ids}, code="invalid_fields")
    for route in (CREATE, UPDATE):
        yield Row(route, 404, body={"title": "x", "tag_ids": [UNKNOWN_ID]}, code="tag_not_found")
        yield Row(route, 404, body={"title": "x", "tag_ids": ["{tag}", UNKNOWN_ID]}, code="tag_not_found")
    for query, field in {"limit=5": "limit", "x": "x", "access_token=x": "access_token", "%FF=1": "\ufffd"}.items():
        yield Row(TAGS, 422, field, query=query)


def profiles() -> Iterator[Row]:
    """What one may not change about oneself, and how not to delete oneself."""
    token: Any
    for token in [None, 1, True, [], {}]:
        yield Row(VERIFY, 422, "token", {"token": token})
        yield Row(RESET, 422, "token", {"token": token, "password": "not so common"})
    for body in [{}, {"email": "p@example.com", "token": "x"}]:
        yield Row(VERIFY, 422, "token" if not body else "email", body)
        yield Row(FORGOT, 422, "email" if not body else "token", body)
    for field in ["user_id", "email", "email_verified", "purpose"]:
        yield Row(RESET, 422, field, {"token": "x", "password": "not so common", field: "x"})
    for token in ["", "x", "A" * 64, "\0", "é", "x" * 60_000]:
        yield Row(VERIFY, 400, body={"token": token}, code="invalid_mail_token")
        yield Row(RESET, 400, body={"token": token, "password": "not so common"}, code="invalid_mail_token")
    for name in ["", " ", "a\nb", "a\0b", "x" * 101, 1, True, [], {}]:
        yield Row(ME, 422, "name", {"name": name})
    zone: Any
    for zone in [
        "", " ", None, 1, True, [], {}, "utc", "europe/prague", "Europe", "Europe/", "Europe/Atlantis", "CEST", "+01:00", "UTC+1",
        "../../etc/passwd", "/usr/share/zoneinfo/UTC", "Europe/Prague\0", " Europe/Prague", "localtime", "posix/UTC", "right/UTC",
        "posixrules", "zone.tab", "tzdata.zi", "x" * 60_000,
    ]:  # fmt: skip
        yield Row(ME, 422, "time_zone", {"time_zone": zone})
    for field in [
        "id",
        "email",
        "email_verified",
        "password",
        "version",
        "created_at",
        "deleted_at",
        "tag_count",
        "is_admin",
        "user_id",
        "pk",
    ]:
        yield Row(ME, 422, field, {field: "x"})
    password: Any
    for password in [None, 1, True, [], {}]:
        yield Row(GO, 422, "password", {"password": password})
    yield Row(GO, 422, "password", {})
    yield Row(GO, 422, "user_id", {"password": "x", "user_id": UNKNOWN_ID})
    yield Row(GO, 403, body={"password": "not so common"}, code="wrong_password")
    yield Row(GO, 403, body={"password": ""}, code="wrong_password")


def accounts() -> Iterator[Row]:
    """Addresses, passwords and names that registering refuses."""
    email: Any
    password: Any
    for email in [
        "", " ", "x", "@", "a@", "@b.co", "a@b", "a@b.", "a@.co", "a@b..co", "a@-b.co", "a@b-.co", "a b@c.co",
        "a@b.co\nbcc: x@y.zz", "a@b.co\0", "a@b@c.co", '"a b"@c.co', "<a@b.co>", "a@[127.0.0.1]", "a@b_c.co", "é@b.co",
        "a@bücher.de", "a@b.co,c@d.co", "user@\u212aelvin.com", f"{'x' * 65}@b.co", f"a@{'x' * 64}.co",
        f"a@{'x.' * 130}co", "a#b@c.co/x#y", "x" * 60_000, None, 1, [], {"eq": "a@b.co"}, True,
    ]:  # fmt: skip
        yield Row(REGISTER, 422, "email", {"email": email, "password": "not so common"})
        yield Row(LOGIN, 422, "email", {"email": email, "password": "not so common"})
        yield Row(FORGOT, 422, "email", {"email": email})
    for password in [
        "", "1234567", "ééééééé", "é" * 7, "e\u0301" * 7, "x" * 129, "\U0001f600" * 129, "password",
        "PassWord1", "12345678", "qwertyuiop", None, 12345678, True, [], {}, "x" * 60_000,
    ]:  # fmt: skip
        yield Row(REGISTER, 422, "password", {"email": "p@example.com", "password": password})
        yield Row(PASSWORD_OF, 422, "new_password", {"current_password": PASSWORD, "new_password": password})
        yield Row(RESET, 422, "password", {"token": "x", "password": password})
    for password in [None, 1, True, [], {}]:
        yield Row(LOGIN, 422, "password", {"email": "p@example.com", "password": password})
        yield Row(PASSWORD_OF, 422, "current_password", {"current_password": password, "new_password": "not so common"})
    for password in ["someone.here@example.com", "Someone.Here@Example.Com", "someone.here", "SOMEONE.HERE"]:
        yield Row(REGISTER, 422, "password", {"email": "Someone.Here@example.com", "password": password})
    for name in ["", " ", "a\nb", "a\0b", "x" * 101, 1, True, [], {}]:
        yield Row(REGISTER, 422, "name", {"email": "n@example.com", "password": "not so common", "name": name})


def queries() -> Iterator[Row]:
    """Parameters of the lists, and of the trash's emptying."""
    for limit in ["0", "101", "-1", "abc", "", "1.0", "1e1", "%EF%BC%91", "+5", "%2B5", "5%20", "0x5", "9" * 30, "%00"]:
        yield Row(LIST, 422, "limit", query=f"limit={limit}")
        yield Row(TRASH, 422, "limit", query=f"limit={limit}")
    for status in ["", "all", "OPEN", "open%20", "true", "open%23", "done,open", "%00", "%FF"]:
        yield Row(LIST, 422, "status", query=f"status={status}")
    for query, field in {
        "limit=5&limit=5": "limit", "status=open&status=done": "status", "cursor=a&cursor=b": "cursor",
        "Limit=5": "Limit", "offset=5": "offset", "user_id=x": "user_id", "=x": "", "x": "x", "%FF=1": "\ufffd",
        "limit%00=5": "limit\0", "limit[]=5": "limit[]", "access_token=x": "access_token",
    }.items():  # fmt: skip
        yield Row(LIST, 422, field, query=query)
    for query, field in {
        "limit=5&limit=5": "limit", "cursor=a&cursor=b": "cursor", "status=open": "status", "sort=created_at": "sort",
        "q=x": "q", "user_id=x": "user_id", "x": "x", "%FF=1": "\ufffd",
    }.items():  # fmt: skip
        yield Row(TRASH, 422, field, query=query)
        yield Row(EMPTY, 422, field, query=query)


ROWS = [
    row
    for table in (
        malformed, too_large, media_types, wrong_shapes, wrong_values, due_dates, tags, profiles, accounts, queries, bulk,
    )
    for row in table()
]  # fmt: skip
