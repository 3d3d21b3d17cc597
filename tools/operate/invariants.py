"""The rules that must hold in the table at any time, checked over items that come partition by partition.

I1 a claim per user and a user per claim. I2 likewise for the names of tags, their number is counted, and no task has over 20.
I3 every link is of a live task that has the tag, and of a live tag, or of one that is being deleted; and back.
I4 what is stored twice agrees, and no task is live and in the trash. I5 a session has one live token, of another than the one before it, and is of no later epoch than its account.
I6 a key's record is of its user's partition and expires; it stands beside the effect because one transaction wrote both.
I7 versions begin with 1. I9 nothing lies outside its owner's partition but the claims, and counters of throttles that expire.
I12 what is being deleted says so, so that the stream can bring it again; nothing else may be left of it.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NamedTuple

from lambdo.table import keys
from lambdo.table.wire import Item
from lambdo.tags.models import name_key
from lambdo.tasks.models import PRIORITY_RANK

PROFILE: Final = ("user_id", "session_epoch", "email", "email_verified", "name", "time_zone", "created_at", "version")
TOMBSTONE: Final = {"pk", "sk", "deleted_at", "expires_at"}


class Violation(NamedTuple):
    """A rule that does not hold: the partition and the item where it was found, and the fault, without personal data."""

    rule: str
    partition: str
    item: str
    fault: str


@dataclass(slots=True)
class Notes:
    """Facts of a user's partition that must be compared with others of it."""

    live: dict[str, str] = field(default_factory=dict)  # tag id -> folded name
    going: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)  # folded name -> tag id
    links: set[tuple[str, str]] = field(default_factory=set)  # tag id, task id
    wanted: set[tuple[str, str]] = field(default_factory=set)  # likewise, as the tasks have it
    tasks: set[str] = field(default_factory=set)
    trash: set[str] = field(default_factory=set)
    epochs: set[int] = field(default_factory=set)  # of the sessions


def find_violations(items: Iterable[Item]) -> Iterator[Violation]:
    """Yield the violations. The items of a partition must come together; the partitions may come in any order.

    An account lies in two partitions, its own and its claim's. Of the first that comes, some 300 bytes are kept until the second comes.
    """
    halves: dict[bytes, str] = {}
    for partition, its_items in itertools.groupby(items, itemgetter("pk")):
        if partition.startswith(keys.THROTTLES):
            yield from _check_throttle(partition, its_items)
        elif partition.startswith(keys.email("")):
            yield from _check_claim(partition, its_items, halves)
        else:
            yield from _check_user(partition, its_items, halves)
    for partition in halves.values():
        yield Violation("I1", partition, "account", "profile and claim do not match, or one of them is missing")


def _check_throttle(partition: str, items: Iterable[Item]) -> Iterator[Violation]:
    for item in items:
        if not item["sk"].startswith(keys.WINDOWS) or "expires_at" not in item:
            yield Violation("I9", partition, "throttle", "an item that is not a counter with an expiry")


def _check_claim(partition: str, items: Iterable[Item], halves: dict[bytes, str]) -> Iterator[Violation]:
    for item in items:
        if item["sk"] == keys.CREDENTIAL:
            _pair(item, partition, partition, halves)
        elif item["sk"].startswith(keys.IDEMPOTENCY):
            if "result" in item or not _is_record(item):
                yield Violation("I6", partition, "claim", "a record with a result, or an invalid record")
        elif not item["sk"].startswith(keys.MAIL_REQUESTS):
            yield Violation("I9", partition, "claim", "an item that is neither a credential nor an email request")


def _check_user(partition: str, items: Iterable[Item], halves: dict[bytes, str]) -> list[Violation]:
    if not partition.startswith(keys.user("")):
        return [Violation("I9", partition, "partition", "not the partition of a user, a claim or a throttle")]
    found: list[Violation] = []
    profile: Item | None = None
    notes, outlive_their_owner = Notes(), True
    for item in items:
        if item["sk"] == keys.PROFILE:
            profile = item
        else:
            outlive_their_owner &= item["sk"].startswith(keys.IDEMPOTENCY) and "result" not in item
            found += [Violation(rule, partition, _name_item(item), fault) for rule, fault in _check_item(item, notes)]
    if profile is None and outlive_their_owner:
        return found
    if profile is None:
        return [Violation("I9", partition, keys.PROFILE, "missing: the items here have no owner")]
    if "deleted_at" in profile:  # a sweep may be half-way, late writes may have come: nothing is promised but this
        rest = sorted(profile.keys() - {"touched_at"} ^ TOMBSTONE)
        return [Violation("I12", partition, keys.PROFILE, f"deleted, but with {rest}")] if rest else []
    if partition != keys.user(profile.get("user_id", "")):
        found.append(Violation("I9", partition, keys.PROFILE, "belongs to another user"))
    if max(notes.epochs, default=0) > profile.get("session_epoch", 0):
        found.append(Violation("I5", partition, keys.PROFILE, "a session has a later epoch"))
    _pair(profile, keys.email(profile.get("email", "")), partition, halves)
    found += [
        Violation("I4", partition, keys.trash(one), "also outside the trash")
        for one in sorted(notes.trash & notes.tasks)
    ]
    return found + list(_check_tagging(partition, profile, notes))


def _pair(item: Item, address: str, partition: str, halves: dict[bytes, str]) -> None:
    """Remove the kept half of an account if it agrees with this one; otherwise keep this one."""
    parts = [address, *(item.get(name) for name in PROFILE)]
    half = hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()
    if halves.pop(half, None) is None:
        halves[half] = partition


def _check_item(item: Item, notes: Notes) -> list[tuple[str, str]]:
    """Return the rules that an item breaks by itself, and note what must be compared with other items."""
    try:
        return list(_find_broken_rules(item, notes))
    except (KeyError, TypeError, ValueError) as error:
        return [("I9", f"not of its kind's form: {error!r}")]


def _find_broken_rules(item: Item, notes: Notes) -> Iterator[tuple[str, str]]:
    kind, _, rest = item["sk"].partition("#")
    match kind:
        case "TASK":
            notes.tasks.add(rest)
            notes.wanted |= {(tag_id, rest) for tag_id in item.get("tag_ids", ())}
            yield from _check_task(item, _derive_places(rest, item))
        case "TRASH":
            notes.trash.add(rest)
            yield from _check_trash(rest, item)
        case "TAG" if "deleted_at" in item:
            notes.going.add(rest)
        case "TAG":
            notes.live[rest] = name_key(item["name"])
            yield from _check_version(item)
        case "TAGNAME":
            notes.claims[rest] = item["tag_id"]
        case "LINK":
            tag_id, _, task_id = rest.partition("#")
            notes.links.add((tag_id, task_id))
        case "SESSION":
            notes.epochs.add(item["epoch"])
            yield from _check_session(item)
        case "MAIL" | "MAILTOKEN" | "IDEMPOTENCY":
            yield from _check_hashed(kind, rest, item)
        case _:
            yield "I9", "of an unknown kind"


def _check_session(item: Item) -> Iterator[tuple[str, str]]:
    if len(item["token_hash"]) != 64 or item["token_hash"] == item.get("previous_hash"):
        yield "I5", "no token hash, or the same hash as before"


def _is_record(item: Item) -> bool:
    return len(keys.id_of(item["sk"])) == len(item.get("fingerprint", "")) == 64 and "expires_at" in item


def _check_hashed(kind: str, rest: str, item: Item) -> Iterator[tuple[str, str]]:
    if kind == "MAILTOKEN" and len(keys.id_of(rest)) != 64:
        yield "I9", "not keyed by the hash of a token"
    if kind == "IDEMPOTENCY" and not _is_record(item):
        yield "I6", "a record without hashes or expiry"


def _check_trash(task_id: str, item: Item) -> Iterator[tuple[str, str]]:
    if "expires_at" not in item:
        yield "I9", "in the trash without expiry"
    yield from _check_task(item, {"lsi4sk": keys.order_deleted(item["deleted_at"], task_id)})


def _derive_places(task_id: str, item: Item) -> dict[str, str]:
    """Return the index keys that a live task should have."""
    status = keys.status(completed=item["completed"])
    places = {
        "lsi1sk": status + keys.order_created(task_id),
        "lsi3sk": status + keys.order_priority(PRIORITY_RANK[item["priority"]], task_id),
    }
    if "due_date" in item:
        places["lsi2sk"] = status + keys.order_due(item["due_date"], task_id)
    return places


def _check_task(item: Item, places: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a task, live or in the trash, that should stand in these places of indexes."""
    stands = {name: key for name, key in item.items() if name.startswith("lsi")}
    yield from (
        ("I4", f"{name} does not match its fields") for name in sorted({n for n, _ in stands.items() ^ places.items()})
    )
    if item["completed"] != ("completed_at" in item):
        yield "I4", "completed and completed_at do not match"
    if len(item.get("tag_ids", ())) > 20:
        yield "I2", "more than 20 tags"
    yield from _check_version(item)


def _check_version(item: Item) -> Iterator[tuple[str, str]]:
    if not item["version"] >= 1 or not {"created_at", "updated_at"} <= item.keys():
        yield "I7", "no version of at least 1, or no times"


def _check_tagging(partition: str, profile: Item, notes: Notes) -> Iterator[Violation]:
    claimed = {tag_id: name for name, tag_id in notes.claims.items()}
    for tag_id in sorted({tag_id for tag_id, _ in notes.live.items() ^ claimed.items()}):
        yield Violation("I2", partition, keys.tag(tag_id), "the tag and the claims to names do not match")
    if not len(notes.live) == len(notes.claims) == profile.get("tag_count", 0):
        yield Violation("I2", partition, keys.PROFILE, "tag_count is not the number of tags and names")
    for pair in sorted(notes.wanted - notes.links):
        yield Violation("I3", partition, keys.link(*pair), "missing: the task has the tag")
    for pair in sorted(notes.links):
        # While a tag is being deleted it may have left its task before the link goes.
        if pair[0] not in notes.going and (pair[0] not in notes.live or pair not in notes.wanted):
            yield Violation(
                "I3", partition, keys.link(*pair), "for a tag that does not exist, or that the task does not have"
            )


def _name_item(item: Item) -> str:
    """Return an item's sort key; for the claim to a tag's name, which is personal, the tag's id instead."""
    sk = str(item["sk"])
    return f"{keys.TAG_NAMES} of {keys.tag(item.get('tag_id', '?'))}" if sk.startswith(keys.TAG_NAMES) else sk
