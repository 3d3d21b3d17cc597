"""Tags: the rules for creating, changing and deleting them. `lambdo.tasks` changes their links to tasks."""

from typing import Any

from lambdo.base import ids, times
from lambdo.base.problems import InvalidFields, TagAlreadyExists, TagNotFound, UserNotFound
from lambdo.base.versions import Versions, require_version, retry
from lambdo.table.records import Record, with_record
from lambdo.tags import store
from lambdo.tags.models import MAX_TAGS_OF_A_USER, Tag
from lambdo.users import store as users


def create_tag(user_id: str, name: str, color: str | None, record: Record = None) -> Tag:
    """Create a tag and return it. One call.

    Raises
    ------
    TagAlreadyExists
        If the user already has a tag with this name, regardless of case and Unicode form.
    InvalidFields
        If the user has 500 tags.
    UserNotFound
        If the account was deleted.
    """
    now = times.rfc3339(times.now())
    tag: Tag = {"id": ids.new_id(), "name": name, "color": color, "version": 1, "created_at": now, "updated_at": now}
    try:
        store.put(user_id, tag, with_record(record, user_id, tag))
    except store.NameTakenError as error:
        raise TagAlreadyExists from error
    except users.AccountGoneError as error:
        raise UserNotFound from error
    except store.TooManyTagsError as error:
        rule = f"A user should have at most {MAX_TAGS_OF_A_USER} tags"
        raise InvalidFields.of("name", rule, "too_many_tags") from error
    return tag


def update_tag(user_id: str, tag_id: str, changes: dict[str, Any], versions: Versions, record: Record = None) -> Tag:
    """Change the name or colour of a tag and return it; every task with the tag shows the change at once.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If the tag does not exist, or the precondition does not allow its version.
    TagAlreadyExists
        If another tag has the new name.
    """

    def change(current: Tag | None) -> Tag:
        tag = require_version(current, versions, TagNotFound)
        new: Tag = {**tag, **changes}  # type: ignore[typeddict-item]  # the request model has checked names and types
        if new == tag:
            return tag
        new |= {"updated_at": times.rfc3339(times.now()), "version": tag["version"] + 1}
        try:
            store.rewrite(user_id, tag, new, with_record(record, user_id, new))
        except store.NameTakenError as error:
            raise TagAlreadyExists from error
        return new

    return retry(lambda: store.get(user_id, tag_id), change)


def delete_tag(user_id: str, tag_id: str, versions: Versions, record: Record = None) -> None:
    """Delete a tag: hide it, free its name, and let the function on the stream remove it from its tasks.

    While that function works, deleting the tag again succeeds, as is right after a lost response.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If the tag does not exist, or the precondition does not allow its version.
    """

    def delete(current: Tag | None) -> None:
        if current is None and store.is_being_deleted(user_id, tag_id):
            return
        tag = require_version(current, versions, TagNotFound)
        store.mark_deleted(user_id, tag, times.rfc3339(times.now()), with_record(record, user_id, None))

    retry(lambda: store.get(user_id, tag_id), delete)
