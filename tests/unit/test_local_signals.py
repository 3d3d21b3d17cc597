"""Signals that stop a command, many and close together. The programs end when their standard input does: then all were sent."""

import subprocess
import sys

import pytest

from tools.local.running import PATIENCE, ROOT
from tools.local.signals import SIGNALS

WAITS = """
import sys
from tools.local.signals import catch_signals, wait_for_signal

arrived = catch_signals()
print("ready", flush=True)
while not wait_for_signal(arrived, 0.001):
    pass
sys.stdin.read()
print("stopped")
"""
AT_EVERY_LINE = """
import signal, sys

def interrupt(*_):
    signal.raise_signal(signal.SIGTERM)
    return interrupt

sys.settrace(interrupt)
"""
CLEANS_UP = """
import sys, time
from tools.local.signals import interrupt_once

interrupt_once()
try:
    print("ready", flush=True)
    while True:
        time.sleep(0.001)
except KeyboardInterrupt:
    sys.stdin.read()
    print("stopped")
"""
IGNORES_INT = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as a script's & does


def test_signals_at_every_line_of_the_wait_stop_it() -> None:
    """A handler that takes a lock waits for itself where the wait holds that lock, as `Event.wait` does at some lines."""
    program = WAITS.replace("while", f"{AT_EVERY_LINE}while")
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input="",
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout == "ready\nstopped\n"


@pytest.mark.parametrize("program", [WAITS, CLEANS_UP], ids=["waits", "cleans up"])
@pytest.mark.parametrize("prefix", [[], IGNORES_INT], ids=["", "in the background"])
@pytest.mark.parametrize("count", [1, 300])
def test_one_signal_stops_it_and_any_more_interrupt_nothing(program: str, prefix: list[str], count: int) -> None:
    for number in SIGNALS:
        with subprocess.Popen(
            [*prefix, sys.executable, "-c", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == "ready\n"
                for _ in range(count):
                    process.send_signal(number)
                assert process.communicate(timeout=PATIENCE)[0] == "stopped\n"
                assert process.returncode == 0
            finally:
                process.kill()
