"""Keeps the partitions that are read in order, as DynamoDB does; MiniStack sorts a partition for each read of it.

A partition is sorted when it is first read; from then on each write moves its one entry. The order lies among the table's
index members, a cache that MiniStack itself drops whenever it replaces items other than one by one.
"""

import itertools
import threading
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.services import dynamodb

type Entry = tuple[tuple[Any, ...], Any, Any]  # its place; its keys in MiniStack's dictionary of the table's items
type Keys = list[tuple[str, str]]  # the attributes that make the order, with their types

WHOLE_TABLE = "whole table"  # the order of a scan; no index has a name with a space
_ORDERS = "partitions in order"

lock = threading.Lock()  # MiniStack removes expired items in a thread of its own


class _Order(NamedTuple):
    keys: Keys
    entries: list[Entry]


def keep_order() -> None:
    """Let each write of an item move its entries. MiniStack makes its index members when it would have made them without this."""
    index_item, index_members = dynamodb._index_item, dynamodb._index_members

    def index_and_move(table: dict[str, Any], pk: Any, sk: Any, item: dict[str, Any], add: bool) -> None:
        with lock:
            if set(table.get(dynamodb._INDEX_MEMBERS, ())) != {_ORDERS}:
                index_item(table, pk, sk, item, add)
            _move(table, pk, sk, item, add)

    def get_members(table: dict[str, Any]) -> dict[str, Any]:
        if set(table.get(dynamodb._INDEX_MEMBERS, ())) == {_ORDERS}:
            orders = table.pop(dynamodb._INDEX_MEMBERS)
            index_members(table).update(orders)
        members: dict[str, Any] = index_members(table)
        return members

    dynamodb._index_item, dynamodb._index_members = index_and_move, get_members


def read_order(table: dict[str, Any], index: str | None, partition: Any, keys: Keys) -> list[Entry] | None:
    """Return the partition's entries in order, or None if it has items whose order is for MiniStack to say.

    Those are items whose key of an index has another type than the index, which came before it, and binary keys that
    are equal when decoded. The caller holds the lock.
    """
    members = (
        table.setdefault(dynamodb._INDEX_MEMBERS, {})
        if index in {None, WHOLE_TABLE}
        else dynamodb._index_members(table)
    )
    orders: dict[tuple[str | None, Any], _Order] = members.setdefault(_ORDERS, {})
    found = orders.get((index, partition))
    if found is not None:
        return found.entries
    entries = []
    for pk, sk, item in _list_items(table, index, partition):
        place = _find_place(index, pk, sk, item, keys)
        if place is None:
            return None
        entries.append((place, pk, sk))
    entries.sort()
    if any(one[0] == other[0] for one, other in itertools.pairwise(entries)):
        return None
    if entries:
        orders[index, partition] = _Order(keys, entries)
    return entries


def read_item(table: dict[str, Any], pk: Any, sk: Any) -> dict[str, Any] | None:
    """Return an item by its keys, or None if it has just expired."""
    item: dict[str, Any] | None = table["items"].get(pk, {}).get(sk)
    return item


def _list_items(table: dict[str, Any], index: str | None, partition: Any) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    if index is None or index == WHOLE_TABLE:
        partitions = [partition] if index is None else list(table["items"])
        for pk in partitions:
            for sk, item in list(table["items"].get(pk, {}).items()):
                yield pk, sk, item
    else:
        for pk, sk in dynamodb._index_members(table)[index].get(partition, ()):
            item = read_item(table, pk, sk)
            if item is not None:
                yield pk, sk, item


def _find_place(index: str | None, pk: Any, sk: Any, item: dict[str, Any], keys: Keys) -> tuple[Any, ...] | None:
    """Return the item's place by MiniStack's own reckoning; None where that may differ from its comparisons."""
    for name, kind in keys:
        if list(item.get(name, ())) != [kind] or not isinstance(item[name][kind], str):
            return None
    if index == WHOLE_TABLE:  # sorted by the dictionary's keys, and continued by the item's
        return (pk, sk) if [pk, sk] == [item[name][kind] for name, kind in keys] else None
    place = tuple(dynamodb._sort_key_value(item[name], kind) for name, kind in keys)
    return None if b"" in place else place  # a binary that cannot be decoded


def _move(table: dict[str, Any], pk: Any, sk: Any, item: dict[str, Any], add: bool) -> None:
    """Add or remove the item's entries in all orders that are kept; what cannot be kept is forgotten, to be sorted anew."""
    orders = (table.get(dynamodb._INDEX_MEMBERS) or {}).get(_ORDERS)
    if not orders:
        return
    partitions = [(None, pk), (WHOLE_TABLE, None)]
    partitions += [(name, dynamodb._index_partition(item, *keys)) for name, *keys in dynamodb._index_key_schemas(table)]
    for index, partition in partitions:
        order = orders.get((index, partition))
        if order is not None and not _move_in(order, index, (pk, sk), item, add):
            del orders[index, partition]


def _move_in(order: _Order, index: str | None, key: tuple[Any, Any], item: dict[str, Any], add: bool) -> bool:
    """Add or remove the item's entry; return whether the order is still right, and not empty."""
    place = _find_place(index, *key, item, order.keys)
    if place is None:
        return False
    entry, entries = (place, *key), order.entries
    at = bisect_left(entries, entry)
    if not add:
        if entries[at : at + 1] != [entry]:
            return False
        del entries[at]
        return bool(entries)
    if any(other[0] == place for other in entries[max(at - 1, 0) : at + 1]):
        return False
    entries.insert(at, entry)
    return True
