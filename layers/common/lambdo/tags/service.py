"""Tags: the rules of making, changing and deleting them. Their links to tasks change with the tasks."""

from typing import Any, Final

from lambdo.base import ids, times
from lambdo.base.problems import InvalidFields, ServiceUnavailable, TagAlreadyExists, TagNotFound, UserNotFound
from lambdo.table.calls import ConditionFailedError
from lambdo.table.records import recorded
from lambdo.tags import store as tags
from lambdo.tags.models import MAX_TAGS_OF_A_USER, Tag
from lambdo.users import store as users
from lambdo.web.preconditions import Versions, checked

_ATTEMPTS: Final = 4  # the first and three more after another writer was faster


def create_tag(user_id: str, name: str, color: str | None) -> Tag:
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
        with recorded(user_id, tag):
            tags.put(user_id, tag)
    except tags.NameTakenError as error:
        raise TagAlreadyExists from error
    except users.AccountGoneError as error:
        raise UserNotFound from error
    except tags.TooManyTagsError as error:
        limit = {
            "loc": ["body", "name"],
            "msg": f"A user should have at most {MAX_TAGS_OF_A_USER} tags",
            "type": "too_many_tags",
        }
        raise InvalidFields(errors=[limit]) from error
    return tag


def update_tag(user_id: str, tag_id: str, changes: dict[str, Any], versions: Versions) -> Tag:
    """Change name or colour of a tag and return it; every task that has it shows the new ones at once.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If there is no such tag, or it is of a version that If-Match does not allow.
    TagAlreadyExists
        If another tag has the new name.
    """
    tag = tags.get(user_id, tag_id)
    for _ in range(_ATTEMPTS):
        tag = checked(tag, versions, TagNotFound)
        new: Tag = {**tag, **changes}  # type: ignore[typeddict-item]  # the request model has checked names and types
        if new == tag:
            return tag
        new |= {"updated_at": times.rfc3339(times.now()), "version": tag["version"] + 1}
        try:
            with recorded(user_id, new):
                tags.rewrite(user_id, tag, new)
        except tags.NameTakenError as error:
            raise TagAlreadyExists from error
        except ConditionFailedError as error:
            tag = tags.from_failure(error)
        else:
            return new
    raise ServiceUnavailable


def delete_tag(user_id: str, tag_id: str, versions: Versions) -> None:
    """Delete a tag: nobody sees it from now on, its name is free, and the stream takes it off the tasks that had it.

    Deleting one again while the stream is at it is fine, as after an answer that was lost.

    Raises
    ------
    TagNotFound, PreconditionFailed
        If there is no such tag, or it is of a version that If-Match does not allow.
    """
    tag = tags.get(user_id, tag_id)
    for _ in range(_ATTEMPTS):
        if tag is None and tags.is_being_deleted(user_id, tag_id):
            return
        tag = checked(tag, versions, TagNotFound)
        try:
            with recorded(user_id, None):
                tags.mark_deleted(user_id, tag, times.rfc3339(times.now()))
        except ConditionFailedError as error:
            tag = tags.from_failure(error)
        else:
            return
    raise ServiceUnavailable
