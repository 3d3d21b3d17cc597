"""Any number of tasks of one user: synthetic but realistic, 610 bytes each, as in the design, written to the table.

Everything is derived from a task's number, so that two loads of the same number of tasks differ only in the user.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any, Final, cast

from lambdo.base import times
from lambdo.table import keys
from lambdo.table.wire import Item, dump
from lambdo.tasks import store as tasks
from lambdo.tasks.models import Priority, Task
from tools.measure.capacity import WireItem, item_size

BYTES: Final = 610
FIRST: Final = datetime(2023, 11, 21, tzinfo=UTC)
SPAN: Final = timedelta(days=3 * 365)  # the tasks are created evenly over this time
_VERBS: Final = (
    "Renew",
    "Book",
    "Review",
    "Draft",
    "Order",
    "Call",
    "Pay",
    "Plan",
    "Return",
    "Update",
    "Cancel",
    "Repair",
)
_THINGS: Final = (
    "the domain name", "the venue for the offsite", "Priya's pull request", "the release notes", "new coffee filters",
    "the dentist", "the electricity bill", "the mailing list's migration", "the library books", "the on-call rota",
    "the analytics subscription", "Grandmère's bicycle lamp",
)  # fmt: skip
# The words of descriptions: about as many as a person uses repeatedly, so that descriptions compress like prose.
_WORDS: Final = (  # noqa: SIM905 - with a literal for each word, this would be half as long again
    "about after again all also always and another ask back because been before begin between bring budget but call change "
    "check choose clear close come compare copy could customer date day decide deliver document done draft early email end "
    "enough every example few find finish first follow for friday from get give good group half have help here how idea "
    "important invoice just keep kitchen know last late leave less letter list little long look make many maybe meeting "
    "message might minutes monday money month more most move much must name need never new next nobody not note number "
    "offer office often old once only open other our over own paper part people phone place plan please point possible "
    "price print problem project question quick read ready really reason remember reply report right room same school "
    "second see send set several share should show since small some soon start still table take talk team tell than that "
    "the their them then these they thing think this those time today together tomorrow too train two under until use "
    "very visit wait want was water week well were what when where which while who will with without word work would "
    "write year yesterday you your"
).split()


def tag_id(number: int) -> str:
    """Return the id of one of the partition's tags."""
    return _id(FIRST, 7000 + number, 1)


def task(user_id: str, number: int, count: int, *, tags: int = 0, size: int = BYTES) -> Task:
    """Return one of the `count` tasks: a third are completed, four in ten have a due date, one in ten has a tag."""
    chance = random.Random(number)  # noqa: S311 - repeatable, not secret
    created = FIRST + SPAN * (number / count)
    stamp, completed = times.rfc3339(created), chance.random() < 1 / 3
    priority: Priority = chance.choices(("low", "medium", "high"), (25, 55, 20))[0]
    fields: dict[str, Any] = dict.fromkeys(Task.__annotations__) | {
        "id": _id(created, number, chance.getrandbits(61)),
        "user_id": user_id,
        "title": f"{chance.choice(_VERBS)} {chance.choice(_THINGS)} {number}",
        "description": "",
        "completed": completed,
        "completed_at": times.rfc3339(created + timedelta(days=2)) if completed else None,
        "priority": priority,
        "due_date": _due_date(chance, created) if chance.random() < 0.4 else None,
        "tag_ids": frozenset({tag_id(number // 10 % tags)} if tags and number % 10 == 0 else ()),
        "version": 1 + completed,
        "created_at": stamp,
        "updated_at": stamp,
    }
    one = cast("Task", fields)
    words = " ".join(chance.choices(_WORDS, k=size // 3))
    one["description"] = words[: size - item_size(_dump(one))]
    return one


def items(user_id: str, count: int, *, tags: int = 0, size: int = BYTES) -> Iterator[WireItem]:
    """Yield the items of a user: the tags, the tasks and the links between them."""
    pk, stamp = keys.user(user_id), times.rfc3339(FIRST)
    for number in range(tags):
        fields = {"name": f"tag {number}", "color": "#336699", "version": 1, "created_at": stamp, "updated_at": stamp}
        yield dump({"pk": pk, "sk": keys.tag(tag_id(number)), **fields})
    for number in range(count):
        yield from items_of(task(user_id, number, count, tags=tags, size=size))


def items_of(one: Task) -> Iterator[WireItem]:
    """Yield the items of a task: the task and its links."""
    yield _dump(one)
    for linked in one["tag_ids"]:
        yield dump({"pk": keys.user(one["user_id"]), "sk": keys.link(linked, one["id"])})


def profile(user_id: str, time_zone: str = "UTC") -> WireItem:
    """Return a profile for a user who never registered."""
    item: Item = {
        "pk": keys.user(user_id),
        "sk": keys.PROFILE,
        "user_id": user_id,
        "session_epoch": 0,
        "email": f"{user_id}@example.com",
        "email_verified": False,
        "time_zone": time_zone,
        "version": 1,
        "created_at": times.rfc3339(FIRST),
    }
    return dump(item)


def load(client: Any, table: str, all_items: Iterator[WireItem] | Sequence[WireItem]) -> None:
    """Write the items, 25 a call, replacing items with the same keys."""
    for some in batched(all_items, 25, strict=False):
        rest = {table: [{"PutRequest": {"Item": item}} for item in some]}
        while rest:
            rest = client.batch_write_item(RequestItems=rest).get("UnprocessedItems", {})


def _dump(one: Task) -> WireItem:
    item: WireItem = dump(tasks._item(one))
    return item


def _id(created: datetime, number: int, chance: int) -> str:
    milliseconds = int(created.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | number % 4096 << 64 | 0b10 << 62 | chance))


def _due_date(chance: random.Random, created: datetime) -> str:
    due = created + timedelta(days=chance.randint(0, 45), hours=chance.randint(0, 23))
    return (
        due.date().isoformat()
        if chance.random() < 0.5
        else times.rfc3339(due.replace(minute=0, second=0, microsecond=0))
    )
