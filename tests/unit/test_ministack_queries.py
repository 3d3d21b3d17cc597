"""MiniStack's DynamoDB answers as it does without our changes, and a request costs as much among 10,000 items as among 300."""

import json
import subprocess

from tools.local.running import ROOT

SEEDS = 150
SIZES = (300, 1_000, 10_000)  # items of the partition
SEARCHES = 40  # calls by which binary searches may grow: their steps grow by five, two calls each, for each bound


def run_pair(*arguments: object) -> subprocess.CompletedProcess[str]:
    python, program = ROOT / ".venv-ministack/bin/python", ROOT / "tests/support/ministack_pair.py"
    return subprocess.run([python, "-I", program, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_random_histories_have_the_answers_of_ministack_as_it_is() -> None:
    compared = run_pair("compare", 0, SEEDS)
    assert compared.returncode == 0, compared.stderr


def test_request_makes_the_same_calls_among_300_and_10000_items() -> None:
    counted = run_pair("count", *SIZES)
    assert counted.returncode == 0, counted.stderr
    requests = json.loads(counted.stdout)
    assert len(requests) == 19
    for name, counts in requests.items():
        in_ministack, in_all = zip(*(counts[str(size)] for size in SIZES), strict=True)
        assert len(set(in_ministack)) == 1, (name, in_ministack)
        assert max(in_all) - min(in_all) <= SEARCHES, (name, in_all)
