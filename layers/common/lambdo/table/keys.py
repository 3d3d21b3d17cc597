"""The keys of items: the only module that writes a "#". The table's layout is in docs/decisions/0004."""

from typing import Final

PROFILE: Final = "PROFILE"
CREDENTIAL: Final = "CREDENTIAL"
HEALTH: Final = "HEALTH"
EVERYTHING: Final = ("A", "~")  # every sort key begins with a capital letter
SESSIONS: Final = "SESSION#"
MAIL_REQUESTS: Final = "MAIL#"
TASKS: Final = "TASK#"
TRASH: Final = "TRASH#"
TAGS: Final = "TAG#"
TAG_NAMES: Final = "TAGNAME#"
LINKS: Final = "LINK#"
IDEMPOTENCY: Final = "IDEMPOTENCY#"
THROTTLES: Final = "THROTTLE#"
WINDOWS: Final = "WINDOW#"


def user(user_id: str) -> str:
    """Partition of everything that a user owns."""
    return f"USER#{user_id}"


def email(address: str) -> str:
    """Partition of the claim to an email address, which must be normalised."""
    return f"EMAIL#{address}"


def throttle(name: str, who: str) -> str:
    """Partition of a throttle's counters; `who` is a hash of the account or address that it counts."""
    return f"{THROTTLES}{name}#{who}"


def window(start: int) -> str:
    """Sort key of the counters of one window; `start` is the Unix second at which it begins."""
    return f"{WINDOWS}{start}"


def session(session_id: str) -> str:
    """Sort key of one session (refresh family)."""
    return f"{SESSIONS}{session_id}"


def mail_request(purpose: str) -> str:
    """Sort key of an email that was requested and is not sent yet."""
    return f"{MAIL_REQUESTS}{purpose}"


def mail_token(purpose: str, token_hash: str) -> str:
    """Sort key of the item that proves the token of an email."""
    return f"MAILTOKEN#{purpose}#{token_hash}"


def idempotency(key_hash: str) -> str:
    """Sort key of the record of a request that was sent with an Idempotency-Key."""
    return f"{IDEMPOTENCY}{key_hash}"


def task(task_id: str) -> str:
    """Sort key of a task; ids are UUIDv7, so key order is creation order."""
    return f"{TASKS}{task_id}"


def trash(task_id: str) -> str:
    """Sort key of a task in the trash."""
    return f"{TRASH}{task_id}"


def tag(tag_id: str) -> str:
    """Sort key of a tag."""
    return f"{TAGS}{tag_id}"


def tag_name(name_key: str) -> str:
    """Sort key of the claim to a tag's name, which must be folded (`lambdo.tags.models.name_key`)."""
    return f"{TAG_NAMES}{name_key}"


def links(tag_id: str) -> str:
    """Prefix of the sort keys of a tag's links."""
    return f"{LINKS}{tag_id}#"


def link(tag_id: str, task_id: str) -> str:
    """Sort key of the link between a tag and a task; the links of a tag sort by creation of their tasks."""
    return f"{links(tag_id)}{task_id}"


def starting_with(prefix: str) -> tuple[str, str]:
    """Return the range of all keys with this prefix. It is followed by an id, a date or a number, all below `~`."""
    return prefix, f"{prefix}~"


def id_of(key: str) -> str:
    """Return the id at the end of a key that this module made."""
    return key.rpartition("#")[2]


def status(*, completed: bool) -> str:
    """First part of every index key of a task."""
    return "done#" if completed else "open#"


def order_created(task_id: str) -> str:
    """Rest of `lsi1sk` after the status: creation order."""
    return task_id


def order_due(due_date: str, task_id: str) -> str:
    """Rest of `lsi2sk` after the status: due order; the index has only tasks with a due date."""
    return f"{due_date}#{task_id}"


def order_priority(rank: int, task_id: str) -> str:
    """Rest of `lsi3sk` after the status: priority order, then creation order."""
    return f"{rank}#{task_id}"


def of_priority(rank: int) -> tuple[str, str]:
    """Return the range of `order_priority` that one rank has."""
    return starting_with(f"{rank}#")


def order_deleted(deleted_at: str, task_id: str) -> str:
    """Return the `lsi4sk` of a task in the trash: order of deletion."""
    return f"{deleted_at}#{task_id}"


def deleted_since(moment: str) -> tuple[str, str]:
    """Return the range of `lsi4sk` of tasks deleted at this moment or later."""
    return moment, "~"
