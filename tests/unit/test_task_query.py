"""Parameters of the task list."""

from collections.abc import Mapping, Sequence

import pytest

from lambdo.base.problems import InvalidFields
from lambdo.tasks.query import REPEATABLE, RULES, TaskQuery, from_values
from lambdo.web.page_query import FIRST_PAGE, PAGE_RULES, read_values
from tools.in_process.api import UNKNOWN_ID


def parse(parameters: Mapping[str, Sequence[str]]) -> TaskQuery:
    return from_values(FIRST_PAGE | read_values(parameters, {**RULES, **PAGE_RULES}))


def test_no_parameters_are_the_newest_20() -> None:
    query = parse({})
    assert (query.sort, query.limit, query.cursor) == ("-created_at", 20, None)
    assert (query.completed, query.priority, query.tag_ids, query.text, query.overdue) == (None, None, (), None, False)


@pytest.mark.parametrize(("parameters", "sort"), [
    ({"due_before": ["2026-11-21"]}, "due_date"),
    ({"due_after": ["2026-11-21"]}, "due_date"),
    ({"overdue": ["true"]}, "due_date"),
    ({"overdue": ["true"], "tag": [UNKNOWN_ID]}, "-created_at"),
    ({"overdue": ["true"], "sort": ["priority"]}, "priority"),
    ({"due_after": ["2026-11-21"], "sort": ["-created_at"]}, "-created_at"),
], ids=str)  # fmt: skip
def test_order_is_by_due_date_where_that_alone_limits_the_list(parameters: dict[str, list[str]], sort: str) -> None:
    assert parse(parameters).sort == sort


def test_due_limits_are_normalized() -> None:
    assert parse({"due_before": ["2026-11-21T09:00:00+01:00"]}).due_before == "2026-11-21T08:00:00.000000Z"


def test_tags_are_each_counted_once_in_their_order() -> None:
    first, second = UNKNOWN_ID, UNKNOWN_ID.replace("7777", "7778")
    assert parse({"tag": [second, first, second]}).tag_ids == (second, first)
    assert len(parse({"tag": [first] * 20}).tag_ids) == 1


def test_scope_is_the_same_for_another_page_size_only() -> None:
    scope = parse({"limit": ["5"], "cursor": ["x"]}).scope("u")
    assert scope == parse({}).scope("u")
    others = [{"status": ["open"]}, {"q": ["x"]}, {"sort": ["priority"]}, {"overdue": ["true"]}, {"tag": [UNKNOWN_ID]}]
    scopes = [scope, parse({}).scope("v"), *(parse(one).scope("u") for one in others)]
    assert len({tuple(one) for one in scopes}) == len(scopes)


def test_all_wrong_parameters_are_named_with_their_rule() -> None:
    wrong = {name: ["?"] for name in {*RULES, *PAGE_RULES} - {"q", "cursor"}}
    with pytest.raises(InvalidFields) as raised:
        parse(wrong)
    assert raised.value.errors is not None
    assert {error["loc"][1]: error["loc"][0] for error in raised.value.errors} == dict.fromkeys(wrong, "query")
    assert all(error["msg"] for error in raised.value.errors)


def test_only_tags_may_be_repeated() -> None:
    assert {"tag"} == REPEATABLE
