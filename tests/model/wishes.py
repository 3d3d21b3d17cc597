"""What people may wish to do, for Hypothesis to choose from."""

from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from tools.in_process.api import Json


class Wish(NamedTuple):
    """A request whose things are only numbered; the machine takes them from those that there are by then."""

    operation: str
    caller: int = 0
    task: int | None = None
    trashed: int | None = None
    tag: int | None = None
    session: int | None = None
    token: int | None = None  # the refresh token of so many refreshes ago
    if_match: int | None = None  # the version of so many changes ago
    key: int | None = None
    body: Json | None = None
    query: Json | None = None


def wish(operation: str, **strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Wish]:
    fields = st.fixed_dictionaries({"operation": st.just(operation), "caller": NUMBER, **strategies})
    return fields.map(lambda chosen: Wish(**chosen))


def write(operation: str, **strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Wish]:
    """Wish for something that may be sent with an Idempotency-Key."""
    return wish(operation, key=KEY, **strategies)


def members(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(strategies)


def some(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=strategies)


NUMBER: Final = st.integers(0, 20)
KEY: Final = st.sampled_from([None, None, None, 0, 1, 2])
VERSION: Final = st.sampled_from([None, None, 0, 1])
AGE: Final = st.sampled_from([0, 0, 1, 2])
PERSON: Final = st.sampled_from(["ada", "ADA", "bob"])
PASSWORD: Final = st.sampled_from(["correct horse", "battery staple"])
WORD: Final = st.sampled_from(["pay", "read", "call"])
TAG_NAME: Final = st.sampled_from(["Work", "WORK", "Home", "Straße", "STRASSE"])
COLOR: Final = st.sampled_from([None, "#1e90ff", "#00ff00"])
PRIORITY: Final = st.sampled_from(["low", "medium", "high"])
DUE_DATE: Final = st.sampled_from(["2026-03-01", "2026-03-01T22:30:00.000000Z", "2026-04-01"])
ZONE: Final = st.sampled_from(["UTC", "Asia/Kolkata"])
STATUSES: Final = ["open", "done"]
SORTS: Final = ["created_at", "-created_at", "due_date", "-due_date", "priority"]
TASK: Final = {
    "description": WORD,
    "completed": st.booleans(),
    "priority": PRIORITY,
    "due_date": st.none() | DUE_DATE,
    "tag_ids": st.lists(NUMBER, max_size=3),
}

ACCOUNTS: Final = st.one_of(
    write("register", body=members(email=PERSON, password=PASSWORD)),
    wish("get_me"),
    write("update_me", body=some(name=WORD, time_zone=ZONE), if_match=VERSION),
    write("change_password", body=members(current_password=PASSWORD, new_password=PASSWORD)),
    write("delete_me", body=st.just({"password": "a wrong one"}), if_match=VERSION),
    write("log_in", body=members(email=PERSON, password=PASSWORD)),
    wish("refresh_session", token=AGE),
    wish("log_out", token=AGE),
    wish("list_sessions"),
    write("delete_session", session=NUMBER),
    write("delete_sessions", query=st.sampled_from([{}, {}, {"include": "current"}])),
)
CHANGES: Final = st.one_of(
    write("create_task", body=st.fixed_dictionaries({"title": WORD}, optional=TASK)),
    write("update_task", task=NUMBER, body=some(title=WORD, **TASK), if_match=VERSION),
    write("complete_task", task=NUMBER, body=st.sampled_from([None, {"completed": True}]), if_match=VERSION),
    write("delete_task", task=NUMBER, if_match=VERSION),
)
TRASH: Final = st.one_of(wish("list_trash", query=st.just({"limit": 100})), write("empty_trash"))
LINKS: Final = st.one_of(
    write("restore_task", trashed=NUMBER, if_match=VERSION),
    write("link_tag", task=NUMBER, tag=NUMBER, if_match=VERSION),
    write("unlink_tag", task=NUMBER, tag=NUMBER, if_match=VERSION),
)
TAG_CHANGES: Final = st.one_of(
    write("update_tag", tag=NUMBER, body=some(name=TAG_NAME, color=COLOR), if_match=VERSION),
    write("delete_tag", tag=NUMBER, if_match=VERSION),
    wish("finish_deletions"),
)
TAGS: Final = st.one_of(
    TAG_CHANGES,
    wish("get_tag", tag=NUMBER),
    write("create_tag", body=members(name=TAG_NAME, color=COLOR)),
)
TASKS: Final = st.one_of(CHANGES, LINKS, wish("get_task", task=NUMBER))
THINGS: Final = st.one_of(CHANGES, LINKS, TAG_CHANGES)
WISHES: Final = st.one_of(ACCOUNTS, TAGS, TASKS)
LISTS: Final = some(
    status=st.sampled_from(STATUSES),
    priority=PRIORITY,
    tag=st.lists(NUMBER, min_size=1, max_size=2, unique=True),
    due_before=DUE_DATE,
    due_after=DUE_DATE,
    q=WORD,
    sort=st.sampled_from(SORTS),
)
