"""What a deletion leaves to do: a tag's links and its id on tasks, an account's items. Each step may be repeated or lost.

The item that was marked stays until all is done, and is touched when time runs out: the stream then brings it again.
"""

from collections.abc import Callable
from typing import Final

from lambdo import times
from lambdo.store import tags, tasks, users

_PIECE: Final = 100  # items; what is done between two looks at the clock

type OutOfTime = Callable[[], bool]


def finish_tag(user_id: str, tag_id: str, out_of_time: OutOfTime) -> bool:
    """Take a deleted tag off its tasks, delete its links, then itself; return False if time ran out before."""
    while True:
        task_ids, _ = tags.query_links(user_id, tag_id, limit=_PIECE, strong=True)
        if not task_ids:
            tags.delete(user_id, tag_id)
            return True
        if out_of_time():
            tags.touch_deleted(user_id, tag_id, times.rfc3339(times.now()))
            return False
        for task_id in task_ids:
            tasks.remove_tag(user_id, task_id, tag_id)
        tags.delete_links(user_id, tag_id, task_ids)


def sweep_account(user_id: str, out_of_time: OutOfTime) -> bool:
    """Delete all that a deleted account owned, but not what marks it as deleted; return False if time ran out before.

    Sessions go first and whatever the time: no refresh token may live on behind thousands of tasks.
    """
    users.delete_rest(user_id, users.query_sessions(user_id))
    while True:
        sort_keys = users.query_rest(user_id, _PIECE)
        if not sort_keys:
            return True
        if out_of_time():
            return False
        users.delete_rest(user_id, sort_keys)


def finish_account(user_id: str, out_of_time: OutOfTime) -> bool:
    """Sweep a deleted account; return False if time ran out before, after asking the stream to come again."""
    finished = sweep_account(user_id, out_of_time)
    if not finished:
        users.touch_deleted(user_id, times.rfc3339(times.now()))
    return finished
