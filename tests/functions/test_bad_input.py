"""Bad input: the stated 4xx each, never a 500, the field named, and not a byte of the table changed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.functions.bad_requests import ROWS, Row
from tests.support.frame import assert_problem
from tools.in_process.api import Api, Caller, Json
from tools.in_process.table import uncounted

CODES = {
    400: "malformed_json",
    404: "task_not_found",
    413: "content_too_large",
    415: "unsupported_media_type",
    422: "invalid_fields",
}


@pytest.fixture(scope="module")
def owner(api: Api) -> Caller:
    """One user for all rows: none of them may change anything."""
    return api.sign_up()


@pytest.fixture(scope="module")
def task(owner: Caller, dump: Callable[[], list[dict[str, Any]]]) -> Iterator[Json]:
    """A task that every row leaves as it is, like the rest of the table."""
    tag = owner.create_tag(name="as it was", color="#123456")
    task = owner.create_task(title="as it was", description="as it was", due_date="2026-12-24", tag_ids=[tag["id"]])
    owner.call("DELETE", f"tasks/{owner.create_task()['id']}")
    before = uncounted(dump())
    yield task
    assert uncounted(dump()) == before


@pytest.mark.check("A04", "A06", "A07", "P01", "P02", "P04", "P05", "H01", "H03", "H04", "H05", "H06")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{' '.join(row.route)[:60]}-{row.status}-{row.field}")
def test_bad_input_is_refused_as_stated_and_changes_nothing(owner: Caller, task: Json, row: Row) -> None:
    method, path = row.route
    task_id = task["id"]
    tag_id = task["tags"][0]["id"]
    path = path.replace("{id}", task_id).replace("{ID}", task_id.upper()).replace("{hex}", task_id.replace("-", ""))
    path = path.replace("{tag}", tag_id).replace("{TAG}", tag_id.upper()).replace("{taghex}", tag_id.replace("-", ""))
    body = row.body
    if isinstance(body, dict) and "{tag}" in str(body.get("tag_ids")):
        body = {**body, "tag_ids": [one.replace("{tag}", tag_id) for one in body["tag_ids"]]}
    answer = owner.call(method, path, body, raw=row.raw, query=row.query, headers=row.headers)
    assert_problem(answer, row.status, row.code or CODES[row.status])
    if row.field is not None:
        assert row.field in {str(one["loc"][-1]) for one in answer.json["errors"]}, answer.text
    assert len(answer.text) < 4096


def test_table_of_bad_input_has_at_least_80_rows() -> None:
    assert len(ROWS) >= 80
