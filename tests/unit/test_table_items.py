"""Queries that page, and the parameters of SSM."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdo.base.key import Key
from lambdo.base.problems import ServiceUnavailable
from lambdo.table import aws, key_sets, keys, writes
from lambdo.table import calls as table
from lambdo.table.wire import dump
from tools.local.application import Application

NAME = "/lambdo/test-items"
ONE: list[Key] = [{"id": "1", "version": 1, "secret": "one"}]
OPERATIONS: dict[str, Callable[[], object]] = {
    "get_parameter": lambda: key_sets.get(NAME),
    "put_parameter": lambda: key_sets.put(NAME, ONE),
    "delete_parameter": lambda: key_sets.delete(NAME),
}


def test_parameter_is_stored_replaced_and_deleted(application: Application) -> None:
    assert key_sets.get(NAME) == []
    key_sets.put(NAME, ONE)
    key_sets.put(NAME, [{"id": "2", "version": 2, "secret": "two"}, *ONE])
    assert [key["id"] for key in key_sets.get(NAME)] == ["2", "1"]
    key_sets.delete(NAME)
    key_sets.delete(NAME)
    assert key_sets.get(NAME) == []


def test_missing_key_set_is_named(application: Application) -> None:
    with pytest.raises(RuntimeError, match=f"the key set {NAME} does not exist"):
        key_sets.get_cached(NAME)


@pytest.mark.parametrize(
    ("code", "raised"), [("ThrottlingException", ServiceUnavailable), ("AccessDeniedException", aws.AwsError)]
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_errors_of_parameter_store_are_mapped_like_those_of_the_table(
    monkeypatch: pytest.MonkeyPatch, application: Application, operation: str, code: str, raised: type[Exception]
) -> None:
    def fail(**_: Any) -> None:
        answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400, "RetryAttempts": 0}}
        raise ClientError(answer, operation)

    monkeypatch.setattr(aws.client("ssm"), operation, fail)
    with pytest.raises(raised):
        OPERATIONS[operation]()


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_query_pages_in_descending_order(application: Application, limit: int) -> None:
    sort_keys = [f"TASK#query{i}" for i in range(3)]
    for key in sort_keys:
        aws.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=dump({"pk": "USER#query", "sk": key}))
    found, start = [], None
    while True:
        items, start = table.query("USER#query", keys.starting_with("TASK#"), limit=limit, start=start)
        assert len(items) <= limit
        found += [item["sk"] for item in items]
        if start is None:
            break
    assert found == sort_keys[::-1]
    for key in sort_keys:
        table.delete(writes.delete("USER#query", key))
