"""The behaviours in which the stand-ins differ from AWS: the one list that the tests hold them to and docs/stand-ins.md shows.

A dispute has the name of its test. Its cases are those in which at least one server differs; what is not here is as on
AWS. A difference that appears or disappears fails the test.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from tests.support.stand_in import ACCEPTED, INVALID, REFUSED

SERVERS: Final = ("ministack", "moto", "dynalite")
GUIDE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
REFERENCE: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
CRASH: Final = "500"
UNKNOWN: Final = "UnknownOperationException"


class Dispute(NamedTuple):
    """What servers do otherwise than AWS.

    Parameters
    ----------
    page
        The page of AWS that says what it does.
    cases
        Of each case the outcome on AWS, as `aws`, and that on each server that differs.
    unused
        Why the code does not rely on what MiniStack does; empty if MiniStack does not differ.
    servers
        Those that the test runs on.
    """

    page: str
    cases: dict[str, dict[str, object]]
    unused: str = ""
    servers: tuple[str, ...] = SERVERS


def each(names: Iterable[str], **outcomes: object) -> dict[str, dict[str, object]]:
    """Return cases with the same outcomes."""
    return dict.fromkeys(names, outcomes)


# Each test is in the module of tests/stand_ins that the comment names.
DISPUTES: Final[dict[str, Dispute]] = {
    # items
    "test_refused_writes_return_the_item_that_exists": Dispute(
        f"{REFERENCE}API_PutItem.html#DDB-PutItem-request-ReturnValuesOnConditionCheckFailure",
        each(["put", "update", "delete"], aws="the item", dynalite="nothing"),
    ),
    "test_values_are_returned_as_asked": Dispute(
        f"{REFERENCE}API_DeleteItem.html#DDB-DeleteItem-request-ReturnValues",
        each(["new item of a delete"], aws=INVALID, dynalite=ACCEPTED),
    ),
    "test_numbers_are_stored_in_one_form": Dispute(
        f"{GUIDE}HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number",
        {
            **each(["007"], aws="7", moto="as written"),
            **each(["1.0"], aws="1", moto="as written"),
            **each(["1.50"], aws="1.5", moto="as written"),
            **each(["1e3"], aws="1000", moto="as written"),
            **each(["39 digits", "1e126", "1_0"], aws=INVALID, moto="as written"),
            **each(["an Arabic digit"], aws=INVALID, ministack="3", moto="as written"),
        },
        "Numbers are written as Python writes an `int`: in ASCII digits, at most 15 of them.",
    ),
    "test_keys_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_GetItem.html#DDB-GetItem-request-Key",
        each(
            ["read: a number as sort key", "delete: a number as sort key", "delete: an empty sort key"],
            aws=INVALID,
            moto=ACCEPTED,
        ),
    ),
    "test_items_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_PutItem.html#DDB-PutItem-request-Item",
        {
            **each(
                ["a set with an element twice", "a value of two types", "a number as index key"],
                aws=INVALID,
                moto=ACCEPTED,
            ),
            **each(["a value without a type"], aws=INVALID, moto=CRASH),
            **each(["an empty index key"], aws=INVALID, dynalite=ACCEPTED),
        },
    ),
    "test_items_and_keys_have_a_largest_size": Dispute(
        f"{GUIDE}Constraints.html#limits-partition-sort-keys",
        {
            **each(["item of 400 KB"], aws=ACCEPTED, moto=INVALID),
            **each(["sort key of 1,025 bytes"], aws=INVALID, dynalite=ACCEPTED),
            **each(["index key of 1,025 bytes"], aws=INVALID, ministack=ACCEPTED, moto=ACCEPTED, dynalite=ACCEPTED),
        },
        "Index keys consist of a status, a time, a date or a rank, and an id: less than 100 bytes.",
    ),
    # conditions
    "test_conditions_that_do_not_hold_prevent_the_write": Dispute(
        f"{GUIDE}Expressions.OperatorsAndFunctions.html",
        each(["`t < :one`", "`size(nope) = :one`", "`size(n) = :one`"], aws=REFUSED, moto=CRASH),
    ),
    "test_conditions_that_are_not_valid_are_refused": Dispute(
        f"{GUIDE}Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Syntax",
        {
            **each(["`n != :one`"], aws=INVALID, ministack=ACCEPTED, moto=CRASH),
            **each(["`nope(n)`"], aws=INVALID, ministack=REFUSED, moto=CRASH),
            **each(["`attribute_type(n, :one)`"], aws=INVALID, ministack=REFUSED, moto=REFUSED),
            **each(["`n = 1`", "`n BETWEEN :two AND :one`", "`begins_with(t, :one)`"], aws=INVALID, moto=REFUSED),
            **each(["nothing"], aws=INVALID, moto=ACCEPTED),
            **each(
                [
                    "`n == :one`",
                    "`n = :one AND`",
                    "`n = :one n`",
                    "`(n = :one`",
                    "`n`",
                    "`n IN ()`",
                    "`size(n)`",
                    "`contains(n)`",
                    "`attribute_exists(:one)`",
                    "`attribute_exists(n) = :one`",
                    "`n = :undefined`",
                    "`#undefined = :one`",
                ],
                aws=INVALID,
                moto=CRASH,
            ),
        },
        "dynalite parses every condition of the API.",
    ),
    "test_names_and_values_that_no_expression_uses_are_refused": Dispute(
        f"{GUIDE}Expressions.ExpressionAttributeValues.html",
        each(["a value", "values without an expression", "no names"], aws=INVALID, moto=ACCEPTED),
    ),
    "test_expressions_have_a_largest_size": Dispute(
        f"{GUIDE}Constraints.html#limits-expression-parameters",
        {
            **each(["4,097 bytes"], aws=INVALID, moto=ACCEPTED, dynalite=ACCEPTED),
            **each(["`IN` with 101 values"], aws=INVALID, ministack=ACCEPTED, moto=ACCEPTED, dynalite=ACCEPTED),
        },
        "`IN` has the versions that If-Match names, at most 20.",
    ),
    # updates
    "test_updates_that_are_not_valid_are_refused": Dispute(
        f"{GUIDE}Expressions.UpdateExpressions.html",
        {
            **each(
                [
                    "`SET n == :one`",
                    "`SET n = :one SET t = :text`",
                    "`SET n = :one, n = :one`",
                    "`SET n = :one ADD n :one`",
                    "`SET n = :one REMOVE n`",
                    "`SET m.a = :one, m = :one`",
                    "`SET n = :one AND t = :text`",
                    "`SET n = :one,`",
                    "`SET`",
                    "`SET n = n + :text`",
                ],
                aws=INVALID,
                ministack=ACCEPTED,
            ),
            **each(["`SET #undefined = :one`"], aws=INVALID, moto=CRASH),
            **each(["`ADD n.a :one`"], aws=INVALID, moto=ACCEPTED),
            **each(["`SET lsi1sk = :empty`"], aws=INVALID, dynalite=ACCEPTED),
        },
        "dynalite parses every update of the API; `lambdo.table.writes` puts them together, each clause once.",
    ),
    "test_sums_are_exact": Dispute(
        f"{GUIDE}HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number",
        each(["38 digits"], aws="exact", ministack="rounded"),
        "Sums are versions and counts, which begin at 0 or 1 and grow one by one.",
    ),
    "test_update_that_fails_half_way_changes_nothing": Dispute(
        f"{REFERENCE}API_UpdateItem.html",
        each(["`SET n = :text ADD t :one`, where `t` is a text"], aws="nothing done", moto="half done"),
    ),
    # batches
    "test_batches_of_keys_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_BatchGetItem.html",
        each(["a number as sort key", "an empty sort key", "no key"], aws=INVALID, moto=ACCEPTED),
    ),
    "test_batches_of_writes_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_BatchWriteItem.html",
        {
            **each(
                ["26 writes", "an item put twice", "an empty sort key"], aws=INVALID, moto=f"{ACCEPTED}, some written"
            ),
            **each(["an item put and deleted", "no write"], aws=INVALID, moto=ACCEPTED),
            **each(["an item of more than 400 KB"], aws=INVALID, moto=f"{INVALID}, some written"),
        },
    ),
    "test_batches_of_keys_return_at_most_16_mb": Dispute(
        f"{REFERENCE}API_BatchGetItem.html",
        {
            **each(["5 items of 390 KB"], aws="all read", dynalite="some left"),
            **each(["43 items of 390 KB"], aws="some left", ministack="all read", moto="all read"),
        },
        "The store reads the rest again; the test does so at dynalite, and tests/unit/test_table_errors.py with rests "
        "that are planted.",
    ),
    # queries
    "test_page_that_ends_with_the_last_item_has_a_key_to_start_after": Dispute(
        f"{GUIDE}Query.Pagination.html",
        each(["ascending", "descending"], aws="a key", moto="none"),
    ),
    "test_key_conditions_that_are_valid_are_accepted": Dispute(
        f"{GUIDE}Query.KeyConditionExpressions.html",
        each(["`:pk = pk`"], aws=ACCEPTED, moto=INVALID),
    ),
    "test_key_conditions_that_are_not_valid_are_refused": Dispute(
        f"{GUIDE}Query.KeyConditionExpressions.html",
        {
            **each(
                ["`pk = :pk OR sk = :a`", "`pk = :pk AND sk <> :a`", "`pk = :pk AND NOT sk = :a`"],
                aws=INVALID,
                ministack=ACCEPTED,
                moto=CRASH,
            ),
            **each(
                [
                    "`pk = :pk AND contains(sk, :a)`",
                    "`pk = :pk AND attribute_exists(sk)`",
                    "`pk = :pk AND size(sk) > :a`",
                ],
                aws=INVALID,
                ministack=ACCEPTED,
            ),
            **each(["`pk = :pk AND`"], aws=INVALID, ministack=ACCEPTED, moto=ACCEPTED),
            **each(
                ["`pk = :pk AND sk > :a AND sk < :b`", "`pk = :pk AND sk BETWEEN :b AND :a`"],
                aws=INVALID,
                moto=ACCEPTED,
            ),
            **each(["`pk <> :pk`", "`pk == :pk`"], aws=INVALID, moto=CRASH),
        },
        "There is one key condition, in `lambdo.table.calls.query`, and dynalite parses it.",
    ),
    "test_queries_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_Query.html",
        {
            **each(
                ["a filter on the partition key", "a filter on the sort key", "a filter on the index's sort key"],
                aws=INVALID,
                ministack=ACCEPTED,
                moto=ACCEPTED,
            ),
            **each(
                ["`Limit` 0", "an unused value", "a number as partition key", "numbers as sort keys"],
                aws=INVALID,
                moto=ACCEPTED,
            ),
            **each(["an index that does not exist"], aws=INVALID, moto="ResourceNotFoundException"),
            **each(["an empty partition key"], aws=INVALID, dynalite=ACCEPTED),
        },
        "The store filters no query.",
    ),
    "test_start_keys_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_Query.html#DDB-Query-request-ExclusiveStartKey",
        {
            **each(
                [
                    "in the table, with another attribute",
                    "in the table, of an index",
                    "in the table, without any attribute",
                ],
                aws=INVALID,
                ministack=ACCEPTED,
                moto=ACCEPTED,
            ),
            **each(
                [
                    "in the table, of another partition",
                    "in the table, outside the range",
                    "in the table, without the sort key",
                    "in the table, without the partition key",
                    "in the table, with a number as sort key",
                    "in the table, with an empty sort key",
                    "in an index, of another partition",
                    "in an index, outside the range",
                    "in an index, of the table",
                    "in an index, of another index",
                    "in an index, without the sort key",
                    "in an index, with a number as index key",
                ],
                aws=INVALID,
                moto=ACCEPTED,
            ),
        },
        "Start keys have exactly the attributes of the table's or the index's key; dynalite checks each that the API sends.",
    ),
    # transactions
    "test_transactions_have_a_largest_size": Dispute(
        f"{REFERENCE}API_TransactWriteItems.html",
        each(["11 items of 399 KB", "no write"], aws=INVALID, moto=ACCEPTED),
        servers=("ministack", "moto"),
    ),
    "test_transactions_that_are_not_valid_are_refused": Dispute(
        f"{REFERENCE}API_TransactWriteItem.html",
        {
            **each(["a check without a condition"], aws=INVALID, ministack=ACCEPTED, moto=ACCEPTED),
            **each(["two writes in one"], aws=INVALID, ministack=ACCEPTED),
            **each(["a condition that is none"], aws=INVALID, moto=CRASH),
        },
        "`lambdo.table.writes.check` always has a condition, and a `Write` has one kind.",
        servers=("ministack", "moto"),
    ),
    "test_writes_that_are_not_valid_for_the_item_cancel_the_transaction": Dispute(
        f"{REFERENCE}API_TransactWriteItems.html#API_TransactWriteItems_Errors",
        each(
            ["a number added to a text", "an update that makes an item larger than 400 KB"],
            aws="None, ValidationError",
            moto=INVALID,
        ),
        servers=("ministack", "moto"),
    ),
    "test_tokens_make_transactions_take_effect_once": Dispute(
        f"{REFERENCE}API_TransactWriteItems.html#DDB-TransactWriteItems-request-ClientRequestToken",
        {
            **each(["the same request twice"], aws="carried out once", moto="carried out twice"),
            **each(["another request"], aws="IdempotentParameterMismatchException", moto=ACCEPTED),
            **each(["37 characters"], aws=INVALID, moto=ACCEPTED),
        },
        servers=("ministack", "moto"),
    ),
    "test_transactions_on_one_item_at_once_conflict": Dispute(
        f"{GUIDE}transaction-apis.html#transaction-conflict-handling",
        each(["16 on one item"], aws="some conflict", ministack="all carried out"),
        "Conflicts are injected: `make fault-matrix` has one at each call of each request. (moto, too, refuses none, and "
        "loses some of the writes.)",
        servers=("ministack",),
    ),
    # capacity
    "test_capacity_of_reads_is_that_of_the_items": Dispute(
        f"{GUIDE}read-write-operations.html",
        {
            **each(["strong read of 9 KB"], aws=3.0, ministack=1.0, moto=0.5),
            **each(["eventual read of 9 KB"], aws=1.5, ministack=0.5, moto=0.5),
            **each(["strong read of no item"], aws=1.0, moto=0.5),
            **each(["strong query of 9 KB", "strong query of 9 KB in an index"], aws=3.0, ministack=1.0, moto=1.0),
            **each(["eventual query of 9 KB"], aws=1.5, ministack=0.5, moto=1.0),
            **each(["strong query of nothing"], aws=1.0, dynalite=0),
            **each(["eventual query of nothing"], aws=0.5, moto=1.0, dynalite=0),
        },
        "Tests and benchmarks compute capacity from the items (`tools.measure.capacity`). What the server reports is only "
        "logged.",
    ),
    "test_capacity_of_writes_is_that_of_the_items_and_the_indexes": Dispute(
        f"{GUIDE}LSI.html#LSI.ThroughputConsiderations",
        {
            **each(["put of 3 KB", "put over 3 KB"], aws=3.0, moto=1.0),
            **each(["put into five indexes", "delete from five indexes"], aws=6.0, moto=1.0, dynalite=1),
            **each(["update that moves an item in one of two indexes"], aws=4.0, moto=0.5, dynalite=1),
        },
    ),
    "test_capacity_of_batches_is_the_sum": Dispute(
        f"{REFERENCE}API_BatchGetItem.html#DDB-BatchGetItem-response-ConsumedCapacity",
        {
            **each(["put of two items"], aws=2.0, moto=1.0),
            **each(["read of an item and of none"], aws=2.0, ministack="not reported"),
        },
        "As above: a response without capacity is logged as none.",
    ),
    "test_capacity_of_transactions_is_double": Dispute(
        f"{GUIDE}transaction-apis.html#transaction-capacity-handling",
        each(["a put, a check, and a delete of no item"], aws=6.0, moto="not reported"),
        servers=("ministack", "moto"),
    ),
    # streams
    "test_record_has_what_lambda_hands_on": Dispute(
        f"{REFERENCE}API_streams_Record.html",
        each(["eventVersion"], aws="1.1", moto="1.0"),
        servers=("ministack", "moto"),
    ),
    "test_writes_that_change_nothing_have_no_record": Dispute(
        f"{GUIDE}Streams.html",
        each(
            ["the same put again", "update to the same value", "refused transaction"],
            aws="0 records",
            moto="1 records",
        ),
        servers=("ministack", "moto"),
    ),
    # settings
    "test_table_is_that_of_the_template": Dispute(
        f"{REFERENCE}API_StreamSpecification.html",
        each(["stream"], aws="NEW_AND_OLD_IMAGES", dynalite="none"),
    ),
    "test_time_to_live_is_enabled_once": Dispute(
        f"{REFERENCE}API_UpdateTimeToLive.html",
        {
            **each(["status"], aws="ENABLED", dynalite="DISABLED"),
            **each(["enabled again"], aws=INVALID, ministack=ACCEPTED, moto=ACCEPTED, dynalite=UNKNOWN),
        },
        "`make table-settings` enables it only where it is not enabled; CloudFormation does the rest.",
    ),
    "test_table_that_does_not_exist_is_refused": Dispute(
        f"{REFERENCE}API_DescribeTimeToLive.html#API_DescribeTimeToLive_Errors",
        each(["describe_time_to_live"], aws="ResourceNotFoundException", moto="ResourceNotFound"),
    ),
    "test_operations_are_offered": Dispute(
        f"{REFERENCE}API_Operations.html",
        each(["transact_write_items", "list_streams"], aws=ACCEPTED, dynalite=UNKNOWN),
    ),
}
