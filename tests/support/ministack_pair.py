"""MiniStack's DynamoDB as it is and as `make dev` has it, in one process: compares their answers, and counts what they take.

Runs by path in MiniStack's environment. `compare FIRST LAST` runs the corners, and the histories of the seeds from FIRST to before
LAST, on both, and prints the first difference, in a history as short as can be. `count SIZE...` prints the calls of functions that each of some
requests takes in a partition of so many items: MiniStack's, and all.
"""

import base64
import contextlib
import importlib.util
import itertools
import json
import logging
import sys
import threading
import time
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

from ministack.core import persistence
from ministack.core.responses import get_account_id, set_request_region
from ministack.services import dynamodb

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.support.ministack_corners import CORNERS
from tests.support.ministack_histories import AWAY, HOME, Step, make_history
from tools.local.ministack.expressions import parse_once
from tools.local.ministack.queries import index_queries

TEXTS_SEED = next(seed for seed in itertools.count() if make_history(seed)[0][1]["TableName"] == "texts")
# What differs from run to run, in answers about tables.
VOLATILE = {
    "TableId",
    "CreationDateTime",
    "LatestStreamLabel",
    "LatestStreamArn",
    "LastUpdateDateTime",
    "RestoreDateTime",
}


def load_plain() -> Any:
    """Return a second copy of MiniStack's module, which nobody changes."""
    spec = importlib.util.spec_from_file_location("plain_dynamodb", str(dynamodb.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_step(module: Any, step: Step, last: dict[str, Any]) -> Any:
    """Return the answer to a step, or the exception that MiniStack would answer with; `last` keeps the LastEvaluatedKey."""
    operation, request = last.get("read", ("DescribeLimits", {})) if step[0] == "more" else step
    if step[0] == "more" or request.get("ExclusiveStartKey") == "last":
        request = {k: v for k, v in request.items() if k != "ExclusiveStartKey"} | last.get("start", {})
    match operation:
        case "sweep":
            return sweep(module)
        case "reset":
            return module.reset()
        case "reload":
            saved = json.dumps(module.get_state(), default=persistence._json_default)
            module.reset()
            return module.load_persisted_state(json.loads(saved, object_hook=persistence._json_object_hook))
    call = module.handle_request(
        "POST", "/", {"x-amz-target": f"DynamoDB_20120810.{operation}"}, json.dumps(request).encode(), {}
    )
    try:
        call.send(None)
    except StopIteration as ended:
        status, headers, body = ended.value
    except Exception as error:  # noqa: BLE001 - any at all: MiniStack answers 500 with it
        return repr(error)
    answer = forget_volatile(json.loads(body))
    if status == 200 and operation in {"Query", "Scan"}:
        last["read"] = operation, request
        last["start"] = {"ExclusiveStartKey": answer["LastEvaluatedKey"]} if "LastEvaluatedKey" in answer else {}
    return status, {k: v for k, v in headers.items() if k != "x-amz-crc32"}, answer


def forget_volatile(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: forget_volatile(v) for k, v in value.items() if k not in VOLATILE}
    return [forget_volatile(one) for one in value] if isinstance(value, list) else value


def sweep(module: Any) -> None:
    """Remove what has expired, as MiniStack's thread does each minute."""
    pauses = iter([None])
    module.time.sleep = lambda _: next(pauses)
    with contextlib.suppress(StopIteration):
        module._ttl_reaper()


def tell_time() -> float:
    """Return the time; end MiniStack's own thread, which would remove what has expired at any moment."""
    if threading.current_thread() is not threading.main_thread():
        raise SystemExit
    return time.time()


def find_difference(history: list[Step], modules: list[Any]) -> tuple[int, list[Any]] | None:
    """Run the history on both; return the number of the first step with different answers, and those."""
    kept: list[dict[str, Any]] = [{}, {}]
    for module in modules:
        module.reset()
    for number, step in enumerate(history):
        has_replica = dynamodb._tables.contains_scoped(get_account_id(), AWAY, step[1].get("TableName"))
        for region in (HOME, AWAY) if has_replica and step[0] in {"Query", "Scan"} else (HOME,):
            set_request_region(region)
            answers = [
                run_step(module, json.loads(json.dumps(step)), last) for module, last in zip(modules, kept, strict=True)
            ]
            set_request_region(HOME)
            if answers[0] != answers[1]:
                return number, answers
    return None


def shorten(history: list[Step], modules: list[Any]) -> list[Step]:
    """Return a history that still differs, without the steps that it can do without."""
    at = len(history) - 1
    while at >= 0:
        shorter = history[:at] + history[at + 1 :]
        if find_difference(shorter, modules):
            history = shorter
        at -= 1
    return history


def compare(first: int, last: int) -> None:
    modules = [load_plain(), dynamodb]
    for module in modules:
        module.time = SimpleNamespace(time=tell_time)
    random = ((f"seed {seed}", make_history(seed)) for seed in range(first, last))
    for name, history in itertools.chain(CORNERS.items(), random):
        found = find_difference(history, modules)
        if found:
            shortest = shorten(history[: found[0] + 1], modules)
            _, answers = find_difference(shortest, modules) or found
            lines = [f"{name}:", *(json.dumps(step)[:600] for step in shortest), *(str(one)[:1500] for one in answers)]
            sys.exit("\n".join(lines))


def count(sizes: list[int]) -> None:
    counts: dict[str, dict[int, list[int]]] = {}
    create = make_history(TEXTS_SEED)[0]
    run_step(dynamodb, create, {})
    put = 0
    for size in sizes:
        for number in range(put, size):
            run_step(dynamodb, ("PutItem", {"TableName": "texts", "Item": make_item(number)}), {})
        put = size
        for name, step in make_requests(make_item(63)).items():
            run_step(dynamodb, step, {})  # which sorts what it reads, once
            counts.setdefault(name, {})[size] = count_calls(step)
    print(json.dumps(counts))  # noqa: T201 - it is a program


def make_item(number: int) -> dict[str, Any]:
    """Return the item; neither the table nor an index has the items in the order of their numbers, and 63 is in the middle."""
    mixed = number * 7919 % 1_000_003
    data = base64.b64encode(mixed.to_bytes(4)).decode()
    return {
        "pk": {"S": "a"},
        "sk": {"S": f"{mixed:07}"},
        "s": {"S": f"{mixed % 10}#{number:07}"},
        "n": {"N": str(mixed)},
        "b": {"B": data},
    }


def make_requests(middle: dict[str, Any]) -> dict[str, Step]:
    """Return the requests that are counted; those that start in the middle do so at this item."""
    start = {"pk": middle["pk"], "sk": middle["sk"]}
    shared = {"TableName": "texts", "Limit": 20}
    pk, values = "pk = :pk", {":pk": {"S": "a"}}

    def query(condition: str = "", value: Any = None, index: str = "", **more: Any) -> Step:
        request = {**shared, "KeyConditionExpression": f"{pk} AND {condition}" if condition else pk, **more}
        request["ExpressionAttributeValues"] = values | ({":x": value} if value else {})
        return "Query", request | ({"IndexName": index} if index else {})

    high = {":pk": {"S": "a"}, ":x": middle["n"], ":y": {"N": "9999999"}}
    between = {
        "KeyConditionExpression": "pk = :pk AND n BETWEEN :x AND :y",
        "ExpressionAttributeValues": high,
        "IndexName": "lsi-n",
    }
    unmatched = {"FilterExpression": "contains(s, :x)"}
    update = {
        "TableName": "texts",
        "Key": start,
        "UpdateExpression": "SET s = :x",
        "ExpressionAttributeValues": {":x": {"S": "new"}},
    }
    return {
        "query": query(),
        "query backward": query(ScanIndexForward=False),
        "query from the middle": query(ExclusiveStartKey=start),
        "query backward from the middle": query(ExclusiveStartKey=start, ScanIndexForward=False),
        "query above": query("sk > :x", middle["sk"]),
        "query below": query("sk < :x", middle["sk"], ScanIndexForward=False),
        "query one": query("sk = :x", middle["sk"]),
        "query that drops all": (
            "Query",
            {**query()[1], **unmatched, "ExpressionAttributeValues": {**values, ":x": {"S": "no"}}},
        ),
        "query of an index": query(index="lsi-s"),
        "query of an index by prefix": query("begins_with(s, :x)", {"S": "3#"}, "lsi-s"),
        "query of an index from the middle": query("", None, "lsi-b", ExclusiveStartKey={**start, "b": middle["b"]}),
        "query of an index between": ("Query", {**shared, **between}),
        "query of another partition's index": (
            "Query",
            {
                **shared,
                "IndexName": "gsi-hash",
                "KeyConditionExpression": "s = :x",
                "ExpressionAttributeValues": {":x": middle["s"]},
            },
        ),
        "scan": ("Scan", shared),
        "scan from the middle": ("Scan", {**shared, "ExclusiveStartKey": start}),
        "get": ("GetItem", {"TableName": "texts", "Key": start}),
        "update": ("UpdateItem", update),
        "put": ("PutItem", {"TableName": "texts", "Item": middle}),  # which undoes the update
        "delete of none": ("DeleteItem", {"TableName": "texts", "Key": {"pk": {"S": "a"}, "sk": {"S": "none"}}}),
    }


def count_calls(step: Step) -> list[int]:
    """Return how many functions of MiniStack are called for a step, and how many in all, each item of a generator among them."""
    counts = [0, 0]

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            counts[0] += frame.f_code.co_filename == dynamodb.__file__
            counts[1] += 1

    sys.setprofile(called)
    try:
        answer = run_step(dynamodb, step, {})
    finally:
        sys.setprofile(None)
    assert answer[0] == 200, answer
    return counts


if __name__ == "__main__":
    logging.disable()
    parse_once()
    index_queries()
    numbers = [int(one) for one in sys.argv[2:]]
    if sys.argv[1] == "compare":
        compare(*numbers)
    else:
        count(numbers)
