"""The file format of the embedded back end's data: records in lines, each with its checksum, synced before they count.

A line is what one sync wrote: the CRC-32 of the rest in eight hexadecimal digits, the number of the line in its file, and a JSON
array of records, in which no byte is null. Null bytes follow the lines, and are on the disk before a line is written over them: a
file that was cut off does not end with one.
"""

import contextlib
import fcntl
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

BLOCK = 64 * 1024


class DamagedError(Exception):
    """A file is not as it was written; the message names it and says how."""


def write_records(path: Path, lines: Iterable[list[str]]) -> None:
    """Write a whole file of records, one line each, which is complete and on the disk, under its name, or not there at all."""
    draft = path.with_suffix(".tmp")
    try:
        with draft.open("wb") as file:
            for number, records in enumerate(lines):
                file.write(_format_line(number, records))
            file.write(bytes(BLOCK - file.tell() % BLOCK))
            file.flush()
            sync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def read_records(path: Path, *, whole: bool) -> tuple[list[str], bool]:
    """Return each line's JSON array of records, and whether an unfinished last line was left out.

    Such a line was being written when the process or the machine stopped, so nobody was told that it is stored: some of its
    bytes are still null. A file that was written at once (`whole`) has none. Raises DamagedError when the file is anything but
    what was synced.
    """
    content = path.read_bytes()
    if not content.endswith(b"\0") or (whole and len(content) % BLOCK):
        raise DamagedError(f"{path} was cut off.")
    *lines, rest = content.rstrip(b"\0").split(b"\n")
    if rest or (lines and _parse_line(len(lines) - 1, lines[-1]) is None and b"\0" in lines[-1]):
        torn = True
        lines = lines if rest else lines[:-1]
    else:
        torn = False
    good = [_parse_line(number, line) for number, line in enumerate(lines)]
    if None in good or (whole and torn):
        raise DamagedError(f"{path} is damaged in line {(good.index(None) if None in good else len(good)) + 1}.")
    return [one for one in good if one is not None], torn


class Journal:
    """A file to which one caller at a time appends lines."""

    def __init__(self, path: Path) -> None:
        """Open a file that `write_records` made without lines."""
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._lines = 0
        self.size = 0  # bytes of all lines

    def write(self, records: list[str]) -> None:
        """Append a line of records, each as JSON, and return when it is on the disk; raises OSError when it cannot be."""
        line = _format_line(self._lines, records)
        end, room = self.size + len(line), os.fstat(self._file).st_size
        if end >= room:
            _write(self._file, bytes((end // BLOCK + 1) * BLOCK - room), room)
            sync(self._file)
        _write(self._file, line, self.size)
        sync(self._file)
        self.size, self._lines = end, self._lines + 1

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def sync(descriptor: int) -> None:
    """Return when a file's bytes are on the disk: on macOS, fsync alone leaves them in the disk's cache (man 2 fsync)."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        fcntl.fcntl(descriptor, full)
    else:
        os.fdatasync(descriptor)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _format_line(number: int, records: Iterable[str]) -> bytes:
    body = f"{number} [{','.join(records)}]".encode()
    return b"%08x %b\n" % (zlib.crc32(body), body)


def _parse_line(number: int, line: bytes) -> str | None:
    checksum, _, body = line.partition(b" ")
    if checksum == b"%08x" % zlib.crc32(body):
        written, _, records = body.partition(b" ")
        with contextlib.suppress(UnicodeDecodeError):
            return records.decode() if int(written) == number else None
    return None


def _write(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
