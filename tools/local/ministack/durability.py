"""Keeps every write that MiniStack acknowledges: no answer leaves before everything that it could have seen is on the disk.

MiniStack saves its state only when it stops. Here each item that it stores or removes becomes a record of a journal, and so do its
settings (tables, parameters of SSM) after a request that may have changed them. A record says what holds from then on, so replaying
one twice changes nothing. MiniStack's version is pinned exactly, because this wraps its internals.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from ministack.core import persistence
from ministack.core.responses import error_response_json
from ministack.services import dynamodb, dynamodb_streams, ssm

from tools.local.ministack import generations
from tools.local.ministack.journal import DamagedError, Journal

SERVICES: dict[str, Any] = {"dynamodb": dynamodb, "ssm": ssm}
ITEM_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
READS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "Describe", "List")
RECORDS_A_LINE = 500  # of a snapshot
LARGEST_JOURNAL = 64 * 1024 * 1024  # bytes; then the next generation begins

Table = dict[str, Any]
Item = dict[str, Any]


def keep_writes(folder: Path, report: Callable[[str], None]) -> None:
    """Load what an earlier process kept in the folder, and keep from now on what this one stores.

    Raises DamagedError or OSError when that cannot be. `report` is called once, with the reason, when a write cannot be kept any
    more; then nothing is answered but errors.
    """
    found = generations.read_newest(folder)
    if found.snapshot == 0:
        _load_state_of_ministack(folder)
    try:
        _replay(found.lines)
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"The data in {folder} cannot be read by this version of make dev ({error!r}).") from error
    dynamodb._lock = threading.RLock()  # held by requests, too: the thread that removes expired items waits for them
    store = _Store(folder, found.last, report)
    if found.is_compact:
        store.journal = Journal(folder / f"journal-{found.last}.log")
    else:
        store.begin()
    if found.snapshot > 1:
        for name in SERVICES:
            (folder / f"{name}.json").unlink(missing_ok=True)
    _record_items(store)
    for service in (*SERVICES.values(), dynamodb_streams):
        _record_requests(service, store)


class _Store:
    """Writes what is appended, all that waits in one go."""

    def __init__(self, folder: Path, generation: int, report: Callable[[str], None]) -> None:
        self._folder = folder
        self._generation = generation
        self._report = report
        self._pending: list[str] = []
        self._appended = self._synced = 0  # records
        self._writing: asyncio.Task[None] | None = None
        self.journal: Journal
        self.has_failed = False

    def append(self, *record: Any) -> None:
        """Add a record; the caller holds DynamoDB's lock."""
        self._pending.append(_to_json(record))
        self._appended += 1

    async def commit(self) -> None:
        """Return when all that was appended is on the disk, or the disk has failed."""
        appended = self._appended
        while self._synced < appended and not self.has_failed:
            if self._writing is None or self._writing.done():
                self._writing = asyncio.create_task(self._write())
            await asyncio.shield(self._writing)  # a client that hangs up must not end it

    def begin(self) -> None:
        """Begin a generation: its snapshot has all that was appended. Raises OSError."""
        with dynamodb._lock:
            self._generation += 1
            self.journal = generations.begin(self._folder, self._generation, _list_everything())
            self._pending, self._synced = [], self._appended

    async def _write(self) -> None:
        with dynamodb._lock:
            records, self._pending = self._pending, []
        try:
            await asyncio.to_thread(self.journal.write, records)
            self._synced += len(records)
            if self.journal.size > LARGEST_JOURNAL:
                self.journal.close()
                self.begin()
        except OSError as error:
            self.has_failed = True
            self._report(f"A write cannot be saved in {self._folder}: {error.strerror}.")


def _record_items(store: _Store) -> None:
    """Append a record for each item that is stored or removed, whatever the operation."""
    set_item, remove_item, items_replaced = dynamodb._set_item, dynamodb._remove_item, dynamodb._items_replaced

    def set_and_record(table: Table, pk: Any, sk: Any, item: Item) -> Any:
        store.append("put", table["TableArn"], item)
        return set_item(table, pk, sk, item)

    def remove_and_record(table: Table, pk: Any, sk: Any) -> Any:
        old = remove_item(table, pk, sk)
        if old is not None:
            store.append("remove", table["TableArn"], {name: old[name] for name in _name_keys(table)})
        return old

    def replace_and_record(table: Table) -> None:
        items_replaced(table)
        store.append("settings", _read_settings())
        store.append("clear", table["TableArn"])
        for item in _list_items(table):
            store.append("put", table["TableArn"], item)

    dynamodb._set_item = set_and_record
    dynamodb._remove_item = remove_and_record
    dynamodb._items_replaced = replace_and_record


def _record_requests(service: Any, store: _Store) -> None:
    """Answer each of a service's requests when it is safe to."""
    handle = service.handle_request

    async def handle_and_commit(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        if not store.has_failed:
            operation = headers.get("x-amz-target", "").rpartition(".")[2]
            with dynamodb._lock:  # MiniStack's handlers run to their end without a pause
                answer = await handle(method, path, headers, body, query)
                if operation not in ITEM_WRITES and not operation.startswith(READS):
                    store.append("settings", _read_settings())
            await store.commit()
        return error_response_json("InternalServerError", "The disk is full.", 500) if store.has_failed else answer

    service.handle_request = handle_and_commit


def _replay(lines: Iterable[str]) -> None:
    """Do what the records say."""
    tables: dict[str, Table] = {}
    for line in lines:
        for kind, *values in json.loads(line):
            match kind, values:
                case "settings", [settings]:
                    _restore_settings(settings)
                    tables = {one["TableArn"]: one for one in dynamodb._tables.all_values()}
                case "put", [arn, item]:
                    dynamodb._set_item(tables[arn], *_read_key(tables[arn], item), item)
                case "remove", [arn, key]:
                    dynamodb._remove_item(tables[arn], *_read_key(tables[arn], key))
                case "clear", [arn]:
                    tables[arn]["items"].clear()
                    dynamodb._items_replaced(tables[arn])
                case _:
                    raise ValueError(kind)


def _list_everything() -> Iterator[list[str]]:
    """Yield the lines of a snapshot."""
    yield [_to_json(["settings", _read_settings()])]
    for table in dynamodb._tables.all_values():
        for items in batched(_list_items(table), RECORDS_A_LINE, strict=False):
            yield [_to_json(["put", table["TableArn"], item]) for item in items]


def _read_settings() -> str:
    """Return everything but the tables' items, as MiniStack writes it."""
    tables = list(dynamodb._tables.all_values())
    items = [table["items"] for table in tables]
    for table in tables:
        table["items"] = {}  # which MiniStack would copy
    try:
        settings = {name: service.get_state() for name, service in SERVICES.items()}
    finally:
        for table, its_items in zip(tables, items, strict=True):
            table["items"] = its_items
    return json.dumps(settings, default=persistence._json_default)


def _restore_settings(text: str) -> None:
    """Put everything but items into force; the tables that stay keep theirs."""
    items = {table["TableArn"]: table["items"] for table in dynamodb._tables.all_values()}
    for name, state in json.loads(text, object_hook=persistence._json_object_hook).items():
        SERVICES[name].reset()
        SERVICES[name].load_persisted_state(state)
    for table in dynamodb._tables.all_values():
        table["items"].update(items.get(table["TableArn"], {}))
        dynamodb._items_replaced(table)


def _load_state_of_ministack(folder: Path) -> None:
    """Load what MiniStack itself has saved, as `make dev` had it do at first; raises DamagedError."""
    for name, service in SERVICES.items():
        path = folder / f"{name}.json"
        try:
            saved = json.loads(path.read_bytes(), object_hook=persistence._json_object_hook)
            service.load_persisted_state(saved["payload"])
        except FileNotFoundError:
            continue
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise DamagedError(
                f"{path} is damaged ({error}). Nothing was changed. To begin without its data, move it away and run make dev again."
            ) from error


def _list_items(table: Table) -> Iterator[Item]:
    for partition in table["items"].values():
        yield from partition.values()


def _name_keys(table: Table) -> list[str]:
    return [table[name] for name in ("pk_name", "sk_name") if table[name]]


def _read_key(table: Table, item: Item) -> tuple[Any, Any]:
    pk, *sk = (dynamodb._extract_key_val(item[name]) for name in _name_keys(table))
    return pk, sk[0] if sk else "__no_sort__"


def _to_json(record: Iterable[Any]) -> str:
    return json.dumps(list(record), separators=(",", ":"))
