"""Batches of stream records are retried, split and given up as Lambda does it.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tools.local.application import EventSource
from tools.local.delivery import LONGEST_PAUSE, Record, deliver, find_first_failed
from tools.local.pool import Result

BY_ITEM = EventSource("WorkFunction", "Table", [], batch=4, retries=3, by_item=True)


def records(numbers: str) -> list[Record]:
    return [{"dynamodb": {"SequenceNumber": number}} for number in numbers]


def numbers_of(batch: list[Record]) -> str:
    return "".join(record["dynamodb"]["SequenceNumber"] for record in batch)


def answered(value: object) -> Result:
    return Result(json.dumps(value), None, [], cold=False)


def failed(*numbers: str) -> Result:
    return answered({"batchItemFailures": [{"itemIdentifier": number} for number in numbers]})


FINE = failed()
ERROR = Result(None, {"errorType": "ValueError", "errorMessage": "no"}, [], cold=False)


class Runs:
    """What the function was given, and how long was waited between."""

    def __init__(self, answer: Callable[[str], Result], stop_after: int = 1000) -> None:
        self.batches: list[str] = []
        self.pauses: list[float] = []
        self._answer = answer
        self._stop_after = stop_after

    def invoke(self, batch: list[Record]) -> Result:
        self.batches.append(numbers_of(batch))
        return self._answer(self.batches[-1])

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) >= self._stop_after

    def deliver(self, numbers: str, source: EventSource) -> "Runs":
        deliver(records(numbers), source, self.invoke, self.pause)
        return self


def broken(number: str, times: int = 1000) -> Callable[[str], Result]:
    """Return a function that fails by item on one record, so many times."""
    left = [times]

    def answer(batch: str) -> Result:
        if number not in batch or not left[0]:
            return FINE
        left[0] -= 1
        return failed(number)

    return answer


def test_records_come_in_order_in_batches_of_the_size() -> None:
    assert Runs(lambda _: FINE).deliver("123456789", BY_ITEM).batches == ["1234", "5678", "9"]


def test_failed_item_is_retried_with_all_after_it_and_none_before() -> None:
    runs = Runs(broken("3", times=2)).deliver("12345", BY_ITEM)
    assert runs.batches == ["1234", "34", "34", "5"]


def test_function_error_retries_the_whole_batch_after_growing_pauses() -> None:
    answers = iter([ERROR, ERROR, ERROR, FINE])
    runs = Runs(lambda _: next(answers)).deliver("12", BY_ITEM)
    assert runs.batches == ["12"] * 4
    assert runs.pauses == [0.5, 1, 2]


def test_batch_that_failed_once_and_3_times_again_is_given_up_and_the_next_comes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = Runs(lambda batch: ERROR if "1" in batch else FINE).deliver("12345", BY_ITEM)
    assert runs.batches == ["1234"] * 4 + ["5"]
    said = capsys.readouterr().out
    assert "WorkFunction failed 4 times" in said
    assert "AWS would send 4 records to the dead-letter queue" in said


def test_progress_within_a_batch_starts_the_count_of_attempts_again() -> None:
    answers = iter([ERROR, ERROR, failed("2"), ERROR, ERROR, FINE])
    runs = Runs(lambda _: next(answers)).deliver("12", BY_ITEM)
    assert runs.batches == ["12", "12", "12", "2", "2", "2"]


def test_endless_retries_wait_30_seconds_at_most() -> None:
    endless = EventSource("WorkFunction", "Table", [])
    runs = Runs(lambda _: ERROR, stop_after=20).deliver("1", endless)
    assert len(runs.batches) == 20
    assert runs.pauses[-1] == LONGEST_PAUSE == 30


def test_bisected_batch_isolates_the_broken_record_without_using_up_attempts() -> None:
    bisecting = EventSource("WorkFunction", "Table", [], batch=4, retries=1, bisect=True)
    runs = Runs(lambda batch: ERROR if "2" in batch else FINE).deliver("1234", bisecting)
    assert runs.batches == ["1234", "12", "1", "2", "2", "34"]
    assert runs.pauses == [0.5]


def test_stop_leaves_the_rest_undone() -> None:
    runs = Runs(lambda _: ERROR, stop_after=1).deliver("12345", BY_ITEM)
    assert runs.batches == ["1234"]


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ({"batchItemFailures": []}, None),  # "an empty batchItemFailure list"
        ({"batchItemFailures": None}, None),  # "a null batchItemFailure list"
        ({}, None),  # "an empty EventResponse"
        (None, None),  # "a null EventResponse"
        ({"batchItemFailures": [{"itemIdentifier": "2"}]}, 1),
        ({"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}, 1),  # the lowest is the checkpoint
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, 0),  # "an empty string itemIdentifier"
        ({"batchItemFailures": [{"itemIdentifier": None}]}, 0),  # "a null itemIdentifier"
        ({"batchItemFailures": [{"item": "2"}]}, 0),  # "an itemIdentifier with a bad key name"
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, 0),
        ({"batchItemFailures": ["2"]}, 0),
    ],
)
def test_answer_says_which_record_failed_first(answer: Any, place: int | None) -> None:
    assert find_first_failed(records("123"), answered(answer), by_item=True) == place


def test_answer_means_nothing_unless_the_mapping_asks_for_item_failures() -> None:
    assert find_first_failed(records("123"), failed("2"), by_item=False) is None
    assert find_first_failed(records("123"), ERROR, by_item=False) == 0
