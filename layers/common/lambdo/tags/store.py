"""Tags: each is an item, and another item claims its name. A tag with `deleted_at` is hidden: it is being deleted."""

from collections.abc import Collection, Mapping
from typing import Any, Final, cast

from lambdo.base.versions import OvertakenError
from lambdo.table import calls, keys, writes
from lambdo.table.wire import Item
from lambdo.table.writes import Companion
from lambdo.tags.models import MAX_TAGS_OF_A_USER, Tag, name_key
from lambdo.users import store as users


class NameTakenError(Exception):
    """Another tag of the user has the name."""


class TooManyTagsError(Exception):
    """The user has the maximum number of tags."""


def put(user_id: str, tag: Tag, record: Companion | None = None) -> None:
    """Create the tag, claim its name and count the tag, in one transaction. One call.

    Raises
    ------
    NameTakenError, TooManyTagsError, users.AccountGoneError
        If the user has a tag with this name, or 500 tags, or the account was deleted.
    """
    all_writes = {
        "claim": _claim(user_id, tag),
        "tag": writes.create(_item(user_id, tag)),
        "count": users.count_tag(user_id, 1, MAX_TAGS_OF_A_USER),
    }
    try:
        calls.transact(all_writes, record)
    except calls.TransactionRefusedError as error:
        if "claim" in error.failed:
            raise NameTakenError from error
        profile = error.currents.get("count")
        raise (TooManyTagsError if profile and "deleted_at" not in profile else users.AccountGoneError) from error


def get(user_id: str, tag_id: str) -> Tag | None:
    """Return the tag, or None. One call, 1 RRU."""
    item = calls.get(keys.user(user_id), keys.tag(tag_id))
    return from_item(item) if item else None


def is_being_deleted(user_id: str, tag_id: str) -> bool:
    """Tell whether the tag was deleted, but its deletion is not finished. One call, 1 RRU."""
    item = calls.get(keys.user(user_id), keys.tag(tag_id))
    return item is not None and from_item(item) is None


def get_all(user_id: str, tag_ids: Collection[str]) -> list[Tag]:
    """Return the tags that exist, oldest first, with strong reads. One call for each 100, 1 RRU for each tag."""
    items = calls.get_all(keys.user(user_id), [keys.tag(tag_id) for tag_id in tag_ids])
    return sorted((tag for item in items if (tag := from_item(item))), key=lambda tag: tag["id"])


def query(user_id: str) -> list[Tag]:
    """Return all tags of the user, oldest first. One call, 1 RRU for each 4 KB begun: about 25 for 500 tags."""
    items = calls.query_all(keys.user(user_id), keys.starting_with(keys.TAGS))
    return [tag for item in items if (tag := from_item(item))]


def rewrite(user_id: str, old: Tag, new: Tag, record: Companion | None = None) -> None:
    """Replace one version of a tag by the next, and the claim to its name. One call.

    Raises
    ------
    OvertakenError
        If the tag was deleted or no longer has the old version.
    NameTakenError
        If another tag has the new name.
    """
    before, after = _item(user_id, old), _item(user_id, new)
    changes = {name: value for name, value in after.items() if value != before[name] and name != "version"}
    update = _update(user_id, old, changes)
    if name_key(old["name"]) == name_key(new["name"]):
        try:
            calls.update(update, record)
        except calls.ConditionFailedError as error:
            current = _current(error.current)
            if current != new:  # our own write, retried by the SDK, is not a conflict
                raise OvertakenError(current) from error
        return
    try:
        calls.transact({"tag": update, "claim": _claim(user_id, new), "old claim": _release(user_id, old)}, record)
    except calls.TransactionRefusedError as error:
        if "tag" in error.failed:
            raise OvertakenError(_current(error.currents["tag"])) from error
        raise NameTakenError from error


def mark_deleted(user_id: str, tag: Tag, deleted_at: str, record: Companion | None = None) -> None:
    """Hide this version of the tag and free its name, in one transaction; raises OvertakenError. One call."""
    all_writes = {
        "tag": _update(user_id, tag, {"deleted_at": deleted_at}),
        "claim": _release(user_id, tag),
        "count": users.count_tag(user_id, -1, MAX_TAGS_OF_A_USER),
    }
    try:
        calls.transact(all_writes, record)
    except calls.TransactionRefusedError as error:
        raise OvertakenError(_current(error.currents.get("tag"))) from error


def query_links(
    user_id: str, tag_id: str, *, limit: int, after: str | None = None, descending: bool = True, strong: bool = False
) -> tuple[list[str], str | None]:
    """Return ids of tasks linked to the tag, in creation order, and the id to continue after. One call.

    0.5 RRU for each 4 KB begun (about 30 links), or 1 RRU if strong. Lists use eventual reads (decision 0010).
    """
    pk = keys.user(user_id)
    items, last = calls.query(
        pk,
        keys.starting_with(keys.links(tag_id)),
        limit=limit,
        start={"pk": pk, "sk": keys.link(tag_id, after)} if after else None,
        descending=descending,
        strong=strong,
    )
    return [keys.id_of(item["sk"]) for item in items], keys.id_of(last["sk"]) if last else None


def exists(user_id: str, tag_id: str) -> writes.Write:
    """Return the check that makes a transaction fail unless the tag exists and can be linked."""
    return writes.check(keys.user(user_id), keys.tag(tag_id), condition=writes.LIVES)


def delete_links(user_id: str, tag_id: str, task_ids: Collection[str]) -> None:
    """Delete links of a tag that is being deleted. One call for each 25."""
    calls.delete_all(keys.user(user_id), [keys.link(tag_id, task_id) for task_id in task_ids])


def delete(user_id: str, tag_id: str) -> None:
    """Delete the item of a deleted tag that has no links left. One call."""
    calls.delete_all(keys.user(user_id), [keys.tag(tag_id)])


def touch_deleted(user_id: str, tag_id: str, now: str) -> None:
    """Touch a tag that is being deleted, so that the stream delivers it again. One call."""
    changes, going = {"touched_at": now}, "attribute_exists(deleted_at)"
    calls.update(writes.update(keys.user(user_id), keys.tag(tag_id), changes, condition=going))


def from_item(item: Item) -> Tag | None:
    """Return the tag of an item, or None if it is being deleted."""
    if "deleted_at" in item:
        return None
    return cast("Tag", {"id": keys.id_of(item["sk"]), **{name: item.get(name) for name in _ATTRIBUTES}})


def _current(item: Item | None) -> Tag | None:
    """Return the existing tag of a refused write, or None if there is none."""
    return from_item(item) if item else None


def _update(user_id: str, tag: Tag, changes: Mapping[str, Any]) -> writes.Write:
    """Return the write that changes this version of a tag."""
    return writes.update(
        keys.user(user_id),
        keys.tag(tag["id"]),
        changes,
        condition=f"{writes.LIVES} AND version = :version",
        values={":version": tag["version"]},
        add={"version": 1},
    )


def _claim(user_id: str, tag: Tag) -> writes.Write:
    """Return the write that claims the tag's name."""
    return writes.create({"pk": keys.user(user_id), "sk": keys.tag_name(name_key(tag["name"])), "tag_id": tag["id"]})


def _release(user_id: str, tag: Tag) -> writes.Write:
    """Return the write that releases the claim to the tag's name."""
    return writes.delete(
        keys.user(user_id),
        keys.tag_name(name_key(tag["name"])),
        condition="tag_id = :tag",
        values={":tag": tag["id"]},
    )


def _item(user_id: str, tag: Tag) -> Item:
    return {
        "pk": keys.user(user_id),
        "sk": keys.tag(tag["id"]),
        **{name: value for name, value in tag.items() if name in _ATTRIBUTES},
    }


_ATTRIBUTES: Final = tuple(name for name in Tag.__annotations__ if name != "id")
