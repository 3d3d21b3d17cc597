"""How items are keyed: the only place where a "#" is written. The table's layout is in docs/decisions/0004."""

from typing import Final

PROFILE: Final = "PROFILE"
CREDENTIAL: Final = "CREDENTIAL"
HEALTH: Final = "HEALTH"
TASK_PREFIX: Final = "TASK#"


def user(user_id: str) -> str:
    """Partition of everything that one user owns."""
    return f"USER#{user_id}"


def email(address: str) -> str:
    """Partition of the claim to an e-mail address, already normalised."""
    return f"EMAIL#{address}"


def session(session_id: str) -> str:
    """Sort key of one session (refresh family)."""
    return f"SESSION#{session_id}"


def task(task_id: str) -> str:
    """Sort key of a task; ids are UUIDv7, so key order is creation order."""
    return f"{TASK_PREFIX}{task_id}"


def id_of(key: str) -> str:
    """Return the id at the end of any key made here."""
    return key.rpartition("#")[2]


def status_prefix(*, completed: bool) -> str:
    """First part of every index key of a task."""
    return "done#" if completed else "open#"


def task_by_status(task_id: str, *, completed: bool) -> str:
    """`lsi1sk`: creation order inside a status."""
    return f"{status_prefix(completed=completed)}{task_id}"


def task_by_due_date(task_id: str, due_date: str, *, completed: bool) -> str:
    """`lsi2sk`: due order inside a status; only tasks with a due date stand in it."""
    return f"{status_prefix(completed=completed)}{due_date}#{task_id}"


def task_by_priority(task_id: str, rank: int, *, completed: bool) -> str:
    """`lsi3sk`: priority order, then creation order, inside a status."""
    return f"{status_prefix(completed=completed)}{rank}#{task_id}"
