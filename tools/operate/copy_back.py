"""`make copy-back TABLE=NAME FROM=RESTORED USERS="ID ..."`: bring accounts back from a restored table.

If the account is still in the table, its tasks, trash, tags and links become what they are in the source; profile, password and sessions
stay. If it is gone, it comes back with profile and password, without sessions. `--users all` means the accounts that are in both tables:
the owner of an account that is gone may have deleted it deliberately, so it comes back only by its id. Without `--apply` the command only
says what it would do. Running it again finishes what was interrupted. Keep the users out meanwhile: what they write may be lost or break a
rule; broken rules are looked for and reported at the end.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import BotoCoreError, ClientError

from lambdo.table import keys
from lambdo.table.wire import Item
from lambdo.table.writes import LIVES
from tools.operate.fsck import confirm, report
from tools.operate.target import Target, TargetError, add_arguments, find_target, open_target

CONTENT: Final = (keys.TASKS, keys.TRASH, keys.TAGS, keys.TAG_NAMES, keys.LINKS)
_NO_VERSION: Final = {"version": 0}


class CopyError(Exception):
    """An account cannot be restored; the message says why, without personal data."""


class Plan(NamedTuple):
    """The changes that an account needs."""

    user_id: str
    account: list[Item]  # profile and claim, of an account that is gone
    put: list[Item]
    delete: list[str]  # sort keys
    tag_count: int


def main(arguments: list[str] | None = None) -> int:
    """Restore accounts; return the exit status: 1 if one could not be restored, or violates a rule now."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--source", required=True, help="the restored table")
    parser.add_argument("--users", required=True, nargs="+", metavar="ID", help="user ids, or all")
    parser.add_argument("--apply", action="store_true", help="write the changes instead of only counting them")
    options = parser.parse_args(arguments)
    try:
        target = find_target(options)
        source = open_target(options.source)
        named = options.users != ["all"]
        failed = 0
        for user_id in options.users if named else find_users(source):
            failed += copy_back(source, target, user_id, named=named, apply=options.apply)
    except (BotoCoreError, ClientError, TargetError) as error:
        print(f"copy_back: {error}", file=sys.stderr)
        return 2
    return 1 if failed else 0


def copy_back(source: Target, target: Target, user_id: str, *, named: bool, apply: bool) -> bool:
    """Restore one account, or print the number of changes; return whether it failed."""
    try:
        todo = plan(source, target, user_id)
        if todo.account and not named:
            return False
        print(f"{user_id}: {len(todo.account) + len(todo.put)} to write, {len(todo.delete)} to delete", flush=True)
        if not apply:
            return False
        carry_out(target, todo)
    except CopyError as refused:
        print(f"{user_id}: {refused}", file=sys.stderr)
        return True
    broken = confirm(target, keys.user(user_id))
    return bool(broken and report(broken))


def find_users(source: Target) -> Iterator[str]:
    """Yield the ids of a table's accounts."""
    pages = source.table.meta.client.get_paginator("scan").paginate(
        TableName=source.table.name,
        FilterExpression=Attr("sk").eq(keys.PROFILE) & Attr("deleted_at").not_exists(),
        ProjectionExpression="pk",
    )
    return map(keys.id_of, pages.search("Items[].pk"))


def plan(source: Target, target: Target, user_id: str) -> Plan:
    """Return what makes the account in the target that of the source; raises CopyError."""
    then, now = ({item["sk"]: item for item in one.query(keys.user(user_id))} for one in (source, target))
    profile = then.get(keys.PROFILE)
    if profile is None or "deleted_at" in profile:
        raise CopyError("the source has no such account")
    if "deleted_at" in now.get(keys.PROFILE, {}):
        raise CopyError(
            "the mark of its deletion still exists: delete that item (its sort key is PROFILE), wait a minute for the sweep "
            "that follows, and run this again"
        )
    wanted = {sk: item for sk, item in then.items() if sk.startswith(CONTENT)}
    # By id, because a task may have gone into the trash since, or come out of it.
    versions = {keys.id_of(sk): item["version"] for sk, item in now.items() if "version" in item}
    return Plan(
        user_id,
        account=[] if keys.PROFILE in now else [profile, *source.query(keys.email(profile["email"]))],
        put=[
            _raise_version(item, versions.get(keys.id_of(sk)))
            for sk, item in wanted.items()
            if item | _NO_VERSION != now.get(sk, {}) | _NO_VERSION
        ],
        delete=[sk for sk in now if sk.startswith(CONTENT) and sk not in wanted],
        tag_count=profile.get("tag_count", 0),
    )


def carry_out(target: Target, todo: Plan) -> None:
    """Write and delete; raises CopyError if the account's address belongs to another by now, or the account is gone.

    The batches send again what DynamoDB leaves undone. Each time it does at least one write, or fails, and then boto3 waits and retries:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    """
    if todo.account:
        _create_account(target, todo.account)
    pk = keys.user(todo.user_id)
    try:
        target.table.update_item(
            Key={"pk": pk, "sk": keys.PROFILE},
            ConditionExpression=LIVES,
            UpdateExpression="SET tag_count = :count",
            ExpressionAttributeValues={":count": todo.tag_count},
        )
    except target.table.meta.client.exceptions.ConditionalCheckFailedException as error:
        raise CopyError("the account has just been deleted") from error
    with target.table.batch_writer() as batch:
        for item in todo.put:
            batch.put_item(Item=item)
        for sk in todo.delete:
            batch.delete_item(Key={"pk": pk, "sk": sk})


def _raise_version(then: Item, now: int | None) -> Item:
    """Return the item in a version that no client has seen with other content: entity tags are made of it."""
    return {**then, "version": now + 1} if now and "version" in then else then


def _create_account(target: Target, items: list[Item]) -> None:
    client, condition = target.table.meta.client, "attribute_not_exists(pk)"
    puts = [{"TableName": target.table.name, "Item": item, "ConditionExpression": condition} for item in items]
    try:
        client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
    except client.exceptions.TransactionCanceledException as error:
        raise CopyError("its email address now belongs to another account") from error


if __name__ == "__main__":
    sys.exit(main())
