"""Finishing deletions: the links of a tag and its id on tasks, the items of an account. Each step can be repeated.

The item that is marked as deleted stays until everything is done. When time runs out, it is touched: this change is the
stream's next event.
"""

from collections.abc import Callable
from contextlib import suppress
from itertools import batched
from typing import Final

from lambdo.base import times
from lambdo.base.problems import ServiceUnavailable
from lambdo.tags import store as tags
from lambdo.tasks import store as tasks
from lambdo.users import store as users

_PIECE: Final = 100  # items between two checks of the clock

type OutOfTime = Callable[[], bool]


def finish_tag(user_id: str, tag_id: str, out_of_time: OutOfTime) -> bool:
    """Remove a deleted tag from its tasks, delete its links, then the tag.

    Returns
    -------
    bool
        False if time or DynamoDB's throughput ran out first; the stream then delivers the tag again.
    """
    with suppress(ServiceUnavailable):
        if _clear_tag(user_id, tag_id, out_of_time):
            return True
    tags.touch_deleted(user_id, tag_id, times.rfc3339(times.now()))
    return False


def finish_account(user_id: str, out_of_time: OutOfTime) -> bool:
    """Delete the items of a deleted account; returns like `finish_tag`."""
    with suppress(ServiceUnavailable):
        if sweep_account(user_id, out_of_time):
            return True
    users.touch_deleted(user_id, times.rfc3339(times.now()))
    return False


def sweep_account(user_id: str, out_of_time: OutOfTime) -> bool:
    """Delete all items of a deleted account except its profile; return False if time ran out first."""
    for sort_keys in batched(users.query_rest(user_id), _PIECE, strict=False):
        if out_of_time():
            return False
        users.delete_rest(user_id, sort_keys)
    return True


def _clear_tag(user_id: str, tag_id: str, out_of_time: OutOfTime) -> bool:
    while task_ids := tags.query_links(user_id, tag_id, limit=_PIECE, strong=True)[0]:
        for task_id in task_ids:
            if out_of_time():
                return False
            tasks.remove_tag(user_id, task_id, tag_id)
        tags.delete_links(user_id, tag_id, task_ids)
    tags.delete(user_id, tag_id)
    return True
