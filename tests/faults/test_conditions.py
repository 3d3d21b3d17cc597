"""Without its condition a write is no longer safe, and the matrix says so: each of these is dropped in turn."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from lambdo.table import keys, writes
from lambdo.table.writes import Write
from tests.endpoints import ENDPOINTS
from tests.endpoints.accounts import ME
from tests.endpoints.tags import TAG, TAGS
from tests.endpoints.tasks import LINK, TASK, TASKS
from tests.endpoints.trash import RESTORE
from tools.fault_matrix.matrix import Matrix, requests
from tools.in_process.world import World

NAMED = {str(request): request for request in requests(ENDPOINTS)}
ALWAYS = "attribute_exists(pk) OR attribute_not_exists(pk)"
# The write and what it is of, what the condition asks for, and a request that is wrong without it.
CONDITIONS: list[tuple[str, str | tuple[str, ...], str, str]] = [
    ("Put", keys.CREDENTIAL, "the address is free", "POST /api/auth/register new address"),
    ("Put", keys.TAG_NAMES, "the name is free", f"POST {TAGS} taken name"),
    ("Put", keys.IDEMPOTENCY, "the key is not used", f"POST {TASKS} without tags, key"),
    (
        "Update",
        (keys.PROFILE, keys.CREDENTIAL),
        "the account is of the version that was read",
        f"PATCH {ME} time zone, If-Match",
    ),
    ("Update", keys.SESSIONS, "the token is the live one", "POST /api/auth/refresh spent token"),
    ("Update", keys.TAGS, "the tag lives and is of the version that was read", f"PATCH {TAG} colour"),
    ("Update", keys.TASKS, "the task is of the version that was read", f"PATCH {TASK} priority"),
    ("Delete", keys.TASKS, "the task is of the version that was read", f"DELETE {TASK} without tags"),
    ("Delete", keys.TRASH, "the task is in the trash", f"POST {RESTORE} deleted, If-Match"),
    ("Delete", keys.SESSIONS, "the session is there", "DELETE /api/auth/sessions/{session_id}"),
    ("ConditionCheck", keys.TAGS, "the tag lives", f"PUT {LINK} new"),
]


def without_condition(
    kind: str, prefix: str | tuple[str, ...], make: Callable[..., Write], *args: Any, **options: Any
) -> Write:
    """Return the write without its condition if it is of this kind, and of an item with such a sort key."""
    write = make(*args, **options)
    key = write.arguments.get("Key", write.arguments.get("Item", {}))
    if write.kind != kind or not key["sk"]["S"].startswith(prefix):
        return write
    update = write.arguments.get("UpdateExpression", "")
    values = write.arguments.get("ExpressionAttributeValues", {})
    used = {name: value for name, value in values.items() if re.search(rf"{name}\b", update)}
    arguments = {**write.arguments, "ConditionExpression": ALWAYS, "ExpressionAttributeValues": used}
    return Write(write.kind, {name: value for name, value in arguments.items() if value})


@pytest.mark.parametrize(("kind", "prefix", "condition", "request_"), CONDITIONS, ids=str)
def test_write_without_its_condition_is_found_wrong(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    prefix: str | tuple[str, ...],
    condition: str,
    request_: str,
) -> None:
    for name in ("create", "create_anew", "update", "delete", "check"):
        monkeypatch.setattr(writes, name, partial(without_condition, kind, prefix, getattr(writes, name)))
    assert Matrix(world).run(NAMED[request_]).wrong
