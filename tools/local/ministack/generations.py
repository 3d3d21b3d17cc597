"""The files of the embedded back end's data: `snapshot-N.log`, everything at one moment, and `journal-N.log`, what followed it.

A start continues with the newest snapshot and all journals from it on, and then begins a new generation. The generation before it
stays: should the newest snapshot be damaged, the one before and both journals have the same data.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tools.local.ministack.journal import DamagedError, Journal, read_records, write_records

NAME = re.compile(r"(snapshot|journal)-(\d+)\.log")


class Found(NamedTuple):
    """What a folder holds: the newest snapshot's number (0: none), the JSON arrays of records, and whether to go on with its journal."""

    snapshot: int
    lines: list[str]
    last: int
    is_compact: bool


def read_newest(folder: Path) -> Found:
    """Return the data; raises DamagedError, which names the file and the way out, before anything is changed."""
    numbers = _list_numbers(folder)
    newest = max(numbers["snapshot"], default=0)
    last = max([newest, *numbers["journal"]])
    lines: list[str] = []
    if newest:
        try:
            lines, _ = read_records(snapshot := folder / f"snapshot-{newest}.log", whole=True)
        except DamagedError as damaged:
            raise DamagedError(
                f"{damaged} {_say_way_out(snapshot, 'Nothing is lost: the copy before it is kept.')}"
            ) from None
    is_compact = bool(newest) and last == newest
    for number in range(max(newest, 1), last + 1):
        journal = folder / f"journal-{number}.log"
        if _set_aside(journal).exists():
            is_compact = False
            continue
        try:
            records, torn = read_records(journal, whole=False)
        except FileNotFoundError:
            raise DamagedError(
                f"{journal} is missing. Put it back, or create {_set_aside(journal)} to go on without it."
            ) from None
        except DamagedError as damaged:
            kept = "What was stored before it is kept; what this file holds is not."
            raise DamagedError(f"{damaged} {_say_way_out(journal, kept)}") from None
        lines += records
        is_compact = is_compact and not records and not torn
    return Found(newest, lines, last, is_compact)


def begin(folder: Path, number: int, lines: Iterable[list[str]]) -> Journal:
    """Write everything as a snapshot, return the journal of what follows, and remove what is older than the generation before."""
    journal = folder / f"journal-{number}.log"
    write_records(journal, [])  # first: a journal alone is empty, and so changes nothing
    write_records(folder / f"snapshot-{number}.log", lines)
    for kind, numbers in _list_numbers(folder).items():
        for old in numbers:
            if old < number - 1:
                (folder / f"{kind}-{old}.log").unlink()
    return Journal(journal)


def _list_numbers(folder: Path) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {"snapshot": [], "journal": []}
    for path in folder.iterdir():
        if named := NAME.fullmatch(path.name):
            numbers[named[1]].append(int(named[2]))
    return numbers


def _set_aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")


def _say_way_out(path: Path, kept: str) -> str:
    return f"Nothing was changed. To go on without this file, run mv '{path}' '{_set_aside(path)}' and make dev again. {kept}"
