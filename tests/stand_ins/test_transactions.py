"""Transactions: all or nothing, why they are cancelled, and what their tokens are worth."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lambdo.table import calls, writes
from lambdo.table.calls import RecordRefusedError, TransactionRefusedError
from lambdo.table.wire import dump
from lambdo.table.writes import Companion
from tests.support.stand_in import ACCEPTED, INVALID, Agrees, StandIn, outcome, with_transactions


@with_transactions
def test_transaction_writes_everything(pk: str) -> None:
    for sk in "CDU":
        calls.put({"pk": pk, "sk": sk, "n": 1})
    calls.transact(
        {
            "added": writes.update(pk, "A", {}, add={"n": 1}, condition="attribute_not_exists(pk)"),
            "checked": writes.check(pk, "C"),
            "deleted": writes.delete(pk, "D"),
            "put": writes.create({"pk": pk, "sk": "P"}),
            "updated": writes.update(pk, "U", {"n": None}, condition=writes.EXISTS),
        }
    )
    after = [(item["sk"], item.get("n")) for item in calls.query_all(pk, ("A", "~"))]
    assert after == [("A", 1), ("C", 1), ("P", None), ("U", None)]


@with_transactions
def test_refused_transaction_writes_nothing_and_names_what_failed(pk: str) -> None:
    there = {"pk": pk, "sk": "X", "n": 1}
    calls.put(there)
    with pytest.raises(TransactionRefusedError) as caught:
        calls.transact(
            {
                "good": writes.put({"pk": pk, "sk": "A"}),
                "created": writes.create({"pk": pk, "sk": "X"}),
                "deleted": writes.delete(pk, "Y"),
                "checked": writes.check(pk, "Z"),
            }
        )
    assert caught.value.currents == {"created": there, "deleted": None, "checked": None}
    assert [*calls.query_all(pk, ("A", "~"))] == [there]


@with_transactions
def test_reasons_are_in_the_order_of_the_writes(stand_in: StandIn, pk: str) -> None:
    calls.put({"pk": pk, "sk": "X"})
    all_writes = [
        writes.delete(pk, "Z"),
        writes.put({"pk": pk, "sk": "B"}),
        writes.create({"pk": pk, "sk": "X"}),
        writes.put({"pk": pk, "sk": "A"}),
    ]
    failed = "ConditionalCheckFailed"
    assert stand_in.transact(*all_writes) == f"{failed}, None, {failed}, None"
    assert stand_in.transact(*reversed(all_writes)) == f"None, {failed}, None, {failed}"


@with_transactions
def test_reason_has_the_item_only_if_asked(stand_in: StandIn, pk: str) -> None:
    calls.put({"pk": pk, "sk": "X"})
    write = writes.create({"pk": pk, "sk": "X"})
    del write.arguments["ReturnValuesOnConditionCheckFailure"]
    error = stand_in.client.exceptions.TransactionCanceledException
    with pytest.raises(error) as caught:
        stand_in.client.transact_write_items(TransactItems=stand_in.transaction(write))
    (reason,) = caught.value.response["CancellationReasons"]
    assert reason == {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}


@with_transactions
def test_record_is_written_with_the_write_and_refuses_it_the_second_time(pk: str) -> None:
    record = Companion(writes.create({"pk": pk, "sk": "RECORD", "n": 1}))
    calls.put({"pk": pk, "sk": "A"}, record)
    assert record.carried
    with pytest.raises(RecordRefusedError) as caught:
        calls.put({"pk": pk, "sk": "B"}, Companion(writes.create({"pk": pk, "sk": "RECORD", "n": 2})))
    assert (caught.value.current or {})["n"] == 1
    assert calls.get(pk, "B") is None


@with_transactions
def test_transactions_have_a_largest_size(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    def put(count: int, size: int = 1) -> object:
        done = stand_in.transact(*(writes.put({"pk": pk, "sk": f"{n:03}", "x": "x" * size}) for n in range(count)))
        calls.delete_all(pk, [f"{n:03}" for n in range(count)])
        return done if done in {ACCEPTED, INVALID} else "refused"

    seen = {"100 writes": put(100), "101 writes": put(101), "11 items of 399 KB": put(11, 399_000)}
    agrees(
        {**seen, "no write": put(0)},
        {"100 writes": ACCEPTED, "101 writes": INVALID, "11 items of 399 KB": INVALID, "no write": INVALID},
    )


@with_transactions
def test_transactions_that_are_not_valid_are_refused(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    calls.put({"pk": pk, "sk": "T", "t": "x", "large": "x" * 390_000})
    good = writes.put({"pk": pk, "sk": "A"})
    (put,), (delete,) = (stand_in.transaction(one) for one in (good, writes.delete(pk, "B", condition=None)))
    (check,) = stand_in.transaction(writes.check(pk, "B"))
    del check["ConditionCheck"]["ConditionExpression"]
    lists = {
        "an item written twice": stand_in.transaction(good, writes.delete(pk, "A", condition=None)),
        "an item checked and written": stand_in.transaction(good, writes.check(pk, "A")),
        "an empty sort key": stand_in.transaction(good, writes.put({"pk": pk, "sk": ""})),
        "an empty index key": stand_in.transaction(good, writes.put({"pk": pk, "sk": "B", "lsi1sk": ""})),
        "a condition that is none": stand_in.transaction(good, writes.delete(pk, "B", condition="n = =")),
        "a check without a condition": [put, check],
        "two writes in one": [put | delete],
    }
    seen = {
        name: outcome(stand_in.client, "transact_write_items", TransactItems=items) for name, items in lists.items()
    }
    left = calls.get_all(pk, "AB")
    agrees(seen, INVALID)
    assert bool(left) == (ACCEPTED in seen.values())


@with_transactions
def test_writes_that_are_not_valid_for_the_item_cancel_the_transaction(
    stand_in: StandIn, pk: str, agrees: Agrees
) -> None:
    calls.put({"pk": pk, "sk": "T", "t": "x", "large": "x" * 390_000})
    good = writes.put({"pk": pk, "sk": "A"})
    added = writes.update(pk, "T", {}, add={"t": 1}, condition=writes.EXISTS)
    grown = writes.update(pk, "T", {"more": "x" * 20_000}, condition=writes.EXISTS)
    seen = {
        "a number added to a text": stand_in.transact(good, added),
        "an update that makes an item larger than 400 KB": stand_in.transact(good, grown),
    }
    assert calls.get(pk, "A") is None
    agrees(seen, "None, ValidationError")


@with_transactions
def test_transaction_on_a_table_that_does_not_exist_is_refused(stand_in: StandIn, pk: str) -> None:
    items = [{"Put": {"TableName": "Nobody", "Item": dump({"pk": pk, "sk": "A"})}}]
    assert outcome(stand_in.client, "transact_write_items", TransactItems=items) == "ResourceNotFoundException"


@with_transactions
def test_tokens_make_transactions_take_effect_once(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    def send(token: str, write: writes.Write) -> str:
        return stand_in.transact(write, ClientRequestToken=token)

    add = writes.update(
        pk, "A", {}, add={"n": 1}, condition="attribute_not_exists(n) OR n < :most", values={":most": 9}
    )
    assert [send("same", add), send("same", add)] == [ACCEPTED, ACCEPTED]
    times = (calls.get(pk, "A") or {})["n"]
    first, second = (writes.put({"pk": pk, "sk": "B", "n": n}) for n in (1, 2))
    assert send("other", first) == ACCEPTED
    seen = {
        "the same request twice": "carried out once" if times == 1 else "carried out twice",
        "another request": send("other", second),
        "37 characters": send("x" * 37, first),
    }
    expected = ["carried out once", "IdempotentParameterMismatchException", INVALID]
    agrees(seen, dict(zip(seen, expected, strict=True)))


@with_transactions
def test_token_of_a_refused_transaction_can_be_used_again(stand_in: StandIn, pk: str) -> None:
    item = {"pk": pk, "sk": "A"}
    calls.put(item)
    assert stand_in.transact(writes.create(item), ClientRequestToken="refused") == "ConditionalCheckFailed"
    calls.delete(writes.delete(pk, "A"))
    assert stand_in.transact(writes.create(item), ClientRequestToken="refused") == ACCEPTED


@pytest.mark.parametrize("stand_in", ["ministack"], indirect=True)
def test_transactions_on_one_item_at_once_conflict(stand_in: StandIn, pk: str, agrees: Agrees) -> None:
    add = writes.update(pk, "A", {}, add={"n": 1}, condition="attribute_not_exists(gone)")
    with ThreadPoolExecutor(8) as threads:
        done = [*threads.map(lambda _: stand_in.transact(add), range(16))]
    carried_out = done.count(ACCEPTED)
    assert calls.get(pk, "A") == {"pk": pk, "sk": "A", "n": carried_out}
    agrees({"16 on one item": "all carried out" if carried_out == 16 else "some conflict"}, "some conflict")
