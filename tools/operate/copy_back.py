"""`python -m tools.operate.copy_back --source RESTORED --table NAME --users ID ...`: bring accounts back from a restored table.

Of an account that stands in the table, tasks, trash, tags and links become what they are in the source; profile, password and sessions stay.
An account that is gone comes back with profile and password, without sessions. `--users all` are the accounts that both tables have:
who is gone may have left by choice, and comes back by name alone. Without `--apply` it only says what it would do. Running it again
finishes what was interrupted. The users should be kept out meanwhile; what they write then may be lost, or break a rule, which is
looked for and reported at the end.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from lambdo.table import keys
from lambdo.table.wire import load
from lambdo.table.writes import LIVES, key_of
from tools.operate.fsck import confirm, report
from tools.operate.target import Target, TargetError, WireItem, add_arguments, find_target

CONTENT: Final = (keys.TASKS, keys.TRASH, keys.TAGS, keys.TAG_NAMES, keys.LINKS)
_NO_VERSION: Final = {"version": {"N": "0"}}


class CopyError(Exception):
    """An account cannot be restored; the message says why, without personal data."""


class Plan(NamedTuple):
    """The changes that an account needs."""

    user_id: str
    account: list[WireItem]  # profile and claim, of an account that is gone
    put: list[WireItem]
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
        source = Target(target.client, options.source)
        named = options.users != ["all"]
        failed = 0
        for user_id in options.users if named else user_ids(source):
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


def user_ids(table: Target) -> Iterator[str]:
    """Yield the accounts of a table."""
    pages = table.client.get_paginator("scan").paginate(
        TableName=table.table,
        FilterExpression="sk = :profile AND attribute_not_exists(deleted_at)",
        ProjectionExpression="pk",
        ExpressionAttributeValues={":profile": {"S": keys.PROFILE}},
    )
    for page in pages:
        yield from (keys.id_of(item["pk"]["S"]) for item in page["Items"])


def plan(source: Target, target: Target, user_id: str) -> Plan:
    """Return what makes the account in the target that of the source; raises CopyError."""
    then, now = _partition(source, user_id), _partition(target, user_id)
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
    versions = {keys.id_of(sk): int(item["version"]["N"]) for sk, item in now.items() if "version" in item}
    return Plan(
        user_id,
        account=[] if keys.PROFILE in now else [profile, *source.query(keys.email(profile["email"]["S"]))],
        put=[
            _successor(item, versions.get(keys.id_of(sk)))
            for sk, item in wanted.items()
            if _differ(item, now.get(sk, {}))
        ],
        delete=[sk for sk in now if sk.startswith(CONTENT) and sk not in wanted],
        tag_count=int(profile.get("tag_count", {"N": "0"})["N"]),
    )


def carry_out(target: Target, todo: Plan) -> None:
    """Write and delete; raises CopyError if the account's address belongs to another by now, or the account is gone."""
    if todo.account:
        _create_account(target, todo.account)
    pk = keys.user(todo.user_id)
    try:
        target.client.update_item(
            TableName=target.table,
            Key=key_of(pk, keys.PROFILE),
            ConditionExpression=LIVES,
            UpdateExpression="SET tag_count = :count",
            ExpressionAttributeValues={":count": {"N": str(todo.tag_count)}},
        )
    except target.client.exceptions.ConditionalCheckFailedException as error:
        raise CopyError("the account has just been deleted") from error
    requests = [{"PutRequest": {"Item": item}} for item in todo.put]
    requests += [{"DeleteRequest": {"Key": key_of(pk, sk)}} for sk in todo.delete]
    write_all(target, requests)


def write_all(target: Target, requests: Iterable[dict[str, Any]]) -> None:
    """Carry out puts and deletes, 25 a call, again for what DynamoDB leaves undone, slower each time."""
    for some in itertools.batched(requests, 25, strict=False):
        rest = {target.table: list(some)}
        for attempt in itertools.count():
            rest = target.client.batch_write_item(RequestItems=rest)["UnprocessedItems"]
            if not rest:
                break
            time.sleep(min(0.05 * 2**attempt, 5))


def _partition(table: Target, user_id: str) -> dict[str, WireItem]:
    return {item["sk"]["S"]: item for item in table.query(keys.user(user_id))}


def _differ(then: WireItem, now: WireItem) -> bool:
    return load({**then, **_NO_VERSION}) != load({**now, **_NO_VERSION})


def _successor(then: WireItem, version: int | None) -> WireItem:
    """Return what was, in a version that no client has seen with other content: entity tags are made of it."""
    return {**then, "version": {"N": str(version + 1)}} if version and "version" in then else then


def _create_account(target: Target, items: list[WireItem]) -> None:
    condition = "attribute_not_exists(pk)"
    puts = [{"Put": {"TableName": target.table, "Item": item, "ConditionExpression": condition}} for item in items]
    try:
        target.client.transact_write_items(TransactItems=puts)
    except target.client.exceptions.TransactionCanceledException as error:
        raise CopyError("its email address now belongs to another account") from error


if __name__ == "__main__":
    sys.exit(main())
