"""What is said of the stand-ins for DynamoDB: the declared disputes, the page that shows them, and the exact versions."""

import ast
import json

import pytest

from tests.stand_ins.disputes import DISPUTES, GUIDE, REFERENCE, SERVERS, Dispute
from tests.stand_ins.page import PAGE, render, versions
from tests.support.template import ROOT

each_dispute = pytest.mark.parametrize("dispute", DISPUTES.values(), ids=DISPUTES)


def test_page_shows_the_versions_and_disputes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "make stand-ins writes it anew"


def test_versions_are_exact_and_locked() -> None:
    assert versions().keys() >= set(SERVERS)
    lock = json.loads((ROOT / "tools" / "stand_ins" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert lock[""]["dependencies"] == {"dynalite": versions()["dynalite"]}
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []


def test_each_dispute_has_its_test_and_each_test_that_has_disputes_its_dispute() -> None:
    tests = [
        function
        for path in (ROOT / "tests" / "stand_ins").glob("test_*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
    ]
    disputed = [test.name for test in tests if "agrees" in {argument.arg for argument in test.args.args}]
    assert sorted(disputed) == sorted(DISPUTES)


@each_dispute
def test_declared_outcomes_differ_from_those_on_aws(dispute: Dispute) -> None:
    assert dispute.page.startswith((GUIDE, REFERENCE))
    for case, row in dispute.cases.items():
        others = {server: outcome for server, outcome in row.items() if server != "aws"}
        assert others
        assert others.keys() <= set(SERVERS), case
        assert row["aws"] not in others.values(), case


@each_dispute
def test_why_the_code_does_not_rely_on_it_is_said_exactly_where_ministack_differs(dispute: Dispute) -> None:
    assert bool(dispute.unused) == any("ministack" in row for row in dispute.cases.values())
