"""Tags: the rules of making, changing and deleting them. Their links to tasks change with the tasks."""

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
        If the user has a tag of this name, in whatever case and Unicode form.
    InvalidFields
        If the user has 500 tags.
    UserNotFound
        If the account has been deleted.
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
    """Change name or colour of a tag and return it; every task that has it shows the new ones at once.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If there is no such tag, or it is of a version that If-Match does not allow.
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
    """Delete a tag: nobody sees it from now on, its name is free, and the stream takes it off the tasks that had it.

    Deleting one again while the stream is at it is fine, as after a response that was lost.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If there is no such tag, or it is of a version that If-Match does not allow.
    """

    def delete(current: Tag | None) -> None:
        if current is None and store.is_being_deleted(user_id, tag_id):
            return
        tag = require_version(current, versions, TagNotFound)
        store.mark_deleted(user_id, tag, times.rfc3339(times.now()), with_record(record, user_id, None))

    retry(lambda: store.get(user_id, tag_id), delete)
