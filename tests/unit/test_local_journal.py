"""The files of the embedded back end's data: what was synced comes back, what was not is never taken for it."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.local.ministack import generations
from tools.local.ministack.generations import begin, read_newest
from tools.local.ministack.journal import BLOCK, DamagedError, Journal, read_records, write_records

ROOT = Path(__file__).parents[2]
LINES = [['{"a":1}', '"two"'], ["[3]"], ['"' + "x" * 300 + '"'], ["5"]]


def values(lines: list[str]) -> list[list[object]]:
    return [json.loads(line) for line in lines]


WRITTEN = [[json.loads(record) for record in records] for records in LINES]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A journal in which every line of LINES was synced."""
    path = tmp_path / "journal-1.log"
    write_records(path, [])
    journal = Journal(path)
    for records in LINES:
        journal.write(records)
    journal.close()
    return path


def test_records_come_back_in_order(journal: Path) -> None:
    lines, torn = read_records(journal, whole=False)
    assert values(lines) == WRITTEN
    assert not torn


def test_journal_grows_block_by_block_and_ends_with_a_null_byte(tmp_path: Path) -> None:
    path = tmp_path / "journal-1.log"
    write_records(path, [])
    journal = Journal(path)
    sizes = []
    for length in [BLOCK // 2, BLOCK // 2, 3 * BLOCK, 1]:
        journal.write([json.dumps("x" * length)])
        sizes.append(path.stat().st_size // BLOCK)
    assert sizes == [1, 2, 5, 5]
    assert not path.stat().st_size % BLOCK
    assert path.read_bytes()[-1] == 0
    written = [len(line) for line in read_records(path, whole=False)[0]]
    assert [length - len('[""]') for length in written] == [BLOCK // 2, BLOCK // 2, 3 * BLOCK, 1]


def test_journal_that_was_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal-1.log"
    write_records(path, [])
    journal = Journal(path)
    for _ in range(6):
        journal.write([json.dumps("x" * (BLOCK // 2 - 20))])
    content = path.read_bytes()
    ends = [at for at, byte in enumerate(content) if byte == ord("\n")]
    for length in {0, 1, *range(BLOCK, journal.size, BLOCK), *(end + step for end in ends for step in (0, 1))}:
        path.write_bytes(content[:length])
        with pytest.raises(DamagedError, match="was cut off"):
            read_records(path, whole=False)


def test_journal_that_grew_in_part_has_everything(journal: Path) -> None:
    with journal.open("ab") as file:
        file.write(bytes(100))
    assert values(read_records(journal, whole=False)[0]) == WRITTEN


def test_line_is_written_over_null_bytes_and_synced(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    growing = journal.with_name("growing.log")
    write_records(growing, [])
    monkeypatch.setattr("tools.local.ministack.journal.sync", lambda _: synced.append(growing.read_bytes()))
    opened = Journal(growing)
    opened.write(["1"])
    opened.write([json.dumps("x" * BLOCK)])
    opened.close()
    assert [content.count(b"\n") for content in synced] == [1, 1, 2]
    assert [len(content) // BLOCK for content in synced] == [1, 2, 2]
    assert all(content.endswith(b"\0") for content in synced)


def test_journal_with_any_byte_changed_is_refused(journal: Path) -> None:
    content = journal.read_bytes()
    for at in range(len(content.rstrip(b"\0")) - 1):  # without the last line's end, it is a line that was being written
        journal.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(DamagedError, match="is damaged in line"):
            read_records(journal, whole=False)


def test_journal_without_one_of_its_lines_is_refused(journal: Path) -> None:
    lines = journal.read_bytes().rstrip(b"\0").splitlines(keepends=True)
    for missing in range(len(lines) - 1):
        rest = b"".join(lines[:missing] + lines[missing + 1 :])
        journal.write_bytes(rest.ljust(BLOCK, b"\0"))
        with pytest.raises(DamagedError, match=f"is damaged in line {missing + 1}"):
            read_records(journal, whole=False)


def test_last_line_that_reached_the_disk_in_part_is_left_out(journal: Path) -> None:
    content = journal.read_bytes().rstrip(b"\0")
    start = content[:-1].rindex(b"\n") + 1
    last = content[start:]
    for at in range(1, len(last)):
        for part in (last[:at].ljust(len(last), b"\0"), last[at:].rjust(len(last), b"\0")):
            journal.write_bytes((content[:start] + part).ljust(BLOCK, b"\0"))
            lines, torn = read_records(journal, whole=False)
            assert values(lines) == WRITTEN[:-1]
            assert torn


def test_file_written_at_once_has_no_unfinished_line(tmp_path: Path) -> None:
    path = tmp_path / "snapshot-1.log"
    write_records(path, LINES)
    content = path.read_bytes().rstrip(b"\0")
    path.write_bytes(content[:-3].ljust(BLOCK, b"\0"))
    with pytest.raises(DamagedError, match="is damaged in line 4"):
        read_records(path, whole=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two generations: the second began with what the first had ended with, and has two lines more."""
    folder = tmp_path / "data"
    folder.mkdir()
    journal = begin(folder, 1, [["1"]])
    journal.write(["2"])
    journal.close()
    journal = begin(folder, 2, [["1", "2"]])
    journal.write(["3"])
    journal.write(["4"])
    journal.close()
    return folder


def numbers(folder: Path) -> list[int]:
    return list(itertools.chain.from_iterable(json.loads(line) for line in read_newest(folder).lines))


def test_empty_folder_has_no_data(tmp_path: Path) -> None:
    assert read_newest(tmp_path) == (0, [], 0, False)


def test_start_continues_with_the_newest_snapshot_and_its_journal(folder: Path) -> None:
    assert numbers(folder) == [1, 2, 3, 4]
    assert not read_newest(folder).is_compact


def test_generation_before_the_last_is_kept_and_older_ones_are_not(folder: Path) -> None:
    begin(folder, 3, [["1", "2", "3", "4"]]).close()
    assert {path.name for path in folder.iterdir()} == {
        "snapshot-2.log", "journal-2.log", "snapshot-3.log", "journal-3.log",
    }  # fmt: skip
    assert numbers(folder) == [1, 2, 3, 4]
    assert read_newest(folder).is_compact


def damage(path: Path) -> None:
    os.truncate(path, 5)


def set_aside(folder: Path, refusal: str) -> None:
    """Do what the message says."""
    command = refusal[refusal.index("mv ") : refusal.index(" and make dev")]
    subprocess.run(command, shell=True, check=True, cwd=folder)


def test_damaged_snapshot_is_refused_and_the_copy_before_it_has_everything(folder: Path) -> None:
    damage(folder / "snapshot-2.log")
    with pytest.raises(DamagedError, match=r"snapshot-2\.log was cut off.*Nothing is lost") as refused:
        read_newest(folder)
    set_aside(folder, str(refused.value))
    assert numbers(folder) == [1, 2, 3, 4]


def test_damaged_snapshot_of_the_first_generation_is_refused_and_its_journal_has_everything(tmp_path: Path) -> None:
    journal = begin(tmp_path, 1, [])
    journal.write(["1"])
    damage(tmp_path / "snapshot-1.log")
    with pytest.raises(DamagedError) as refused:
        read_newest(tmp_path)
    set_aside(tmp_path, str(refused.value))
    assert numbers(tmp_path) == [1]


def test_damaged_journal_is_refused_and_what_came_before_it_can_be_kept(folder: Path) -> None:
    damage(folder / "journal-2.log")
    with pytest.raises(DamagedError, match=r"journal-2\.log was cut off.*what this file holds is not") as refused:
        read_newest(folder)
    set_aside(folder, str(refused.value))
    assert numbers(folder) == [1, 2]


def test_missing_journal_is_refused(folder: Path) -> None:
    (folder / "journal-2.log").unlink()
    with pytest.raises(DamagedError, match=r"journal-2\.log is missing"):
        read_newest(folder)


def test_missing_snapshot_loses_nothing(folder: Path) -> None:
    (folder / "snapshot-2.log").unlink()
    assert numbers(folder) == [1, 2, 3, 4]


CRASHING = """
import itertools, os, shutil, signal, sys
from pathlib import Path
from tools.local.ministack.generations import begin

source, copies = map(Path, sys.argv[1:])
FILES = {"posix", "_io", None}  # the modules of functions and methods that change files


def crash_after(steps):
    def count(frame, event, function):
        nonlocal steps
        if event == "c_call" and getattr(function, "__module__", None) in FILES:
            steps -= 1
            if steps < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


for steps in itertools.count():
    copy = shutil.copytree(source, copies / str(steps))
    if not os.fork():
        sys.setprofile(crash_after(steps))
        begin(copy, 3, [["1", "2"], ["3", "4"]])
        os._exit(0)
    if os.wait()[1] == 0:
        break
"""


def test_begin_that_is_killed_before_any_of_its_steps_loses_nothing(folder: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    source = folder.rename(tmp_path / "source")
    subprocess.run([sys.executable, "-c", CRASHING, str(source), str(copies)], cwd=ROOT, check=True)
    crashed = list(copies.iterdir())
    assert len(crashed) > 20
    for place in crashed:
        assert numbers(place) == [1, 2, 3, 4]
        begin(place, read_newest(place).last + 1, [["1", "2", "3", "4"]]).close()  # what the next start does
        assert numbers(place) == [1, 2, 3, 4]


def test_begin_on_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tools.local.ministack.journal.sync", fail)
    with pytest.raises(OSError, match="No space left"):
        generations.begin(folder, 3, [["1", "2", "3", "4"]])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
