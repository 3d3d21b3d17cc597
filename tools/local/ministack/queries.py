"""Lets a query or a scan read its page alone, whatever the size of the partition or the table.

MiniStack's `_query` and `_scan` copy, sort and judge all that they could read, each time. Here they run as they are, with
all their checks and answers, but in the table they find only the page, which is taken from an order that is kept (`order`).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

from ministack.services import dynamodb

from tools.local.ministack.key_ranges import find_range
from tools.local.ministack.order import WHOLE_TABLE, Entry, keep_order, lock, read_item, read_order

type Item = dict[str, Any]
type Request = dict[str, Any]
type Table = dict[str, Any]


def index_queries() -> None:
    """Make a query or a scan of MiniStack's DynamoDB cost what its page costs."""
    keep_order()
    dynamodb._query = _see_less(dynamodb._query.__code__, _see_query)
    dynamodb._scan = _see_less(dynamodb._scan.__code__, _see_scan)


def _see_less(code: CodeType, see: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Any]:
    """Return the function with globals of its own for each call: MiniStack's, except those that `see` returns."""

    def run(request: Request) -> Any:
        return FunctionType(code, {**vars(dynamodb), **see(request)})(request)

    return run


class _Page:
    """What one request reads, once it is found."""

    found: tuple[list[Item], bool] | None = None  # the items, and whether a limit ended the page

    def paginate(self, items: list[Item], *arguments: Any) -> tuple[list[Item], bool]:
        """Return the page, for MiniStack's function that cuts it off."""
        page: tuple[list[Item], bool] = self.found or dynamodb._paginate_evaluated_items(items, *arguments)
        return page

    def read(
        self, request: Request, table: Table, entries: Iterable[Entry], holds: Callable[[Item], bool] | None = None
    ) -> list[Entry]:
        """Take the page from the entries: those whose item `holds`, or none if that cannot be said of one."""
        taken: list[Entry] = []

        def walk() -> Iterator[Item]:
            for entry in entries:
                item = read_item(table, *entry[1:])
                if item is not None:
                    taken.append(entry)
                    if holds is None or holds(item):
                        yield item
                    else:
                        taken.pop()

        try:
            page, ended = dynamodb._paginate_evaluated_items(
                walk(), request.get("Limit"), table, request.get("IndexName")
            )
        except ValueError:
            return []
        self.found = page, ended
        return taken[: len(page)]


def _see_query(request: Request) -> dict[str, Any]:
    page = _Page()

    def see_table(name: Any) -> Table | None:
        table: Table | None = dynamodb._tables.get(name)
        if not table or request.get("IndexName"):
            return table
        return {**table, "items": SimpleNamespace(get=lambda partition, none: see_items(table, partition, none))}

    def see_items(table: Table, partition: Any, none: Any) -> Any:
        entries = _read_query(page, request, table, None, partition)
        if entries is None:
            return table["items"].get(partition, none)
        return {sk: item for _, pk, sk in entries if (item := read_item(table, pk, sk)) is not None}

    def see_index(table: Table) -> dict[str, Any]:
        index = request["IndexName"]
        return {index: SimpleNamespace(get=lambda partition, none: see_keys(table, index, partition, none))}

    def see_keys(table: Table, index: str, partition: Any, none: Any) -> Any:
        entries = _read_query(page, request, table, index, partition)
        if entries is None:
            return dynamodb._index_members(table)[index].get(partition, none)
        return [(pk, sk) for _, pk, sk in entries]

    return {
        "_tables": SimpleNamespace(get=see_table),
        "_index_members": see_index,
        "_paginate_evaluated_items": page.paginate,
    }


def _read_query(page: _Page, request: Request, table: Table, index: str | None, partition: Any) -> list[Entry] | None:
    """Return the entries of the query's page; None where MiniStack has to look at the whole partition.

    MiniStack has checked the request when it calls this.
    """
    ranges = dynamodb._index_key_lists(dynamodb._index_def(table, index))[1] if index else [table["sk_name"]]
    if request.get("KeyConditions") or ranges == [None]:
        return None
    keys = dynamodb._index_order_keys(table, ranges)
    condition, values = request["KeyConditionExpression"], request.get("ExpressionAttributeValues", {})
    names, start = request.get("ExpressionAttributeNames", {}), request.get("ExclusiveStartKey")
    forward = request.get("ScanIndexForward", True)

    def holds(item: Item) -> bool:
        return bool(dynamodb._evaluate_condition(condition, item, values, names, slot="KeyConditionExpression"))

    with lock:
        entries = read_order(table, index, partition, keys)
        if not entries:
            return entries
        first, last = find_range(entries, condition, values, names, keys[0]) if ranges else (0, len(entries))
        if start:
            cursor = tuple(dynamodb._index_order_value(start, *key) for key in keys)
            if [type(one) for one in cursor] != [type(one) for one in entries[0][0]]:
                return None
            if forward:
                first = max(first, bisect_right(entries, cursor, key=_read_place))
            else:
                last = min(last, bisect_left(entries, cursor, key=_read_place))
        span = range(first, last) if forward else range(last - 1, first - 1, -1)
        # Where nothing is left, one item remains for MiniStack to judge the condition by: it may be wrong.
        return page.read(request, table, (entries[at] for at in span), holds) or entries[:1]


def _see_scan(request: Request) -> dict[str, Any]:
    page = _Page()

    def see_table(name: Any) -> Table | None:
        table: Table | None = dynamodb._tables.get(name)
        if not table or not table["sk_name"] or request.get("IndexName") or request.get("Segment") is not None:
            return table
        return {**table, "items": _ItemsOnDemand(lambda: _read_scan(page, request, table))}

    return {"_tables": SimpleNamespace(get=see_table), "_paginate_evaluated_items": page.paginate}


class _ItemsOnDemand(dict[Any, dict[Any, Item]]):
    """A scan's items, found when MiniStack asks which there are: it has checked the request by then."""

    def __init__(self, find: Callable[[], dict[Any, dict[Any, Item]]]) -> None:
        super().__init__()
        self._find = find

    def keys(self) -> Any:
        self.update(self._find())
        return super().keys()


def _read_scan(page: _Page, request: Request, table: Table) -> dict[Any, dict[Any, Item]]:
    """Return the items of the scan's page, or all where MiniStack has to look at them or to refuse the key to start from."""
    names, start = (table["pk_name"], table["sk_name"]), request.get("ExclusiveStartKey") or {}
    items: dict[Any, dict[Any, Item]] = table["items"]
    with lock:
        entries = read_order(table, WHOLE_TABLE, None, dynamodb._index_order_keys(table, []))
        if entries is None:
            return items
        try:
            cursor = tuple(dynamodb._extract_key_val(start.get(name, {})) for name in names)
            first = bisect_right(entries, cursor, key=_read_place) if start else 0
        except (AttributeError, TypeError):
            return items
        found: dict[Any, dict[Any, Item]] = {}
        for _, pk, sk in page.read(request, table, (entries[at] for at in range(first, len(entries)))):
            item = read_item(table, pk, sk)
            if item is not None:
                found.setdefault(pk, {})[sk] = item
        return found


def _read_place(entry: Entry) -> tuple[Any, ...]:
    return entry[0]
