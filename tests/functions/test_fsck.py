"""`make fsck`: each broken rule is reported, without personal data; what another read finds whole is not."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lambdo.table import wire
from tools.in_process.api import Api
from tools.in_process.mail_tokens import issue
from tools.operate import fsck
from tools.operate.invariants import find_violations
from tools.operate.target import Target

type Item = dict[str, Any]
type Account = dict[str, Item]
type Break = Callable[[Account], object]

OTHER = "01a1fd29-0997-7d97-af63-002e9078fbbf"

BROKEN: dict[str, tuple[set[str], Break]] = {
    "claim_without_user": ({"I1"}, lambda a: [a.pop(kind) for kind in list(a) if kind != "CREDENTIAL"]),
    "user_without_claim": ({"I1"}, lambda a: a.pop("CREDENTIAL")),
    "claim_of_another_user": ({"I1"}, lambda a: a["CREDENTIAL"].update(user_id=OTHER)),
    "claim_to_another_address": ({"I1"}, lambda a: a["CREDENTIAL"].update(pk="EMAIL#ada@example.org")),
    "copies_of_profile_disagree": ({"I1"}, lambda a: a["PROFILE"].update(name="Ada")),
    "tag_without_name": ({"I2"}, lambda a: a.pop("TAGNAME")),
    "name_without_tag": ({"I2", "I3"}, lambda a: a.pop("TAG")),
    "name_of_another_tag": ({"I2"}, lambda a: a["TAGNAME"].update(tag_id=OTHER)),
    "tags_miscounted": ({"I2"}, lambda a: a["PROFILE"].update(tag_count=2)),
    "21_tags_on_a_task": ({"I2", "I3"}, lambda a: a["TASK"].update(tag_ids=frozenset(map(str, range(21))))),
    "tag_without_link": ({"I3"}, lambda a: a.pop("LINK")),
    "link_of_missing_task": ({"I3"}, lambda a: a.pop("TASK")),
    "link_that_task_does_not_have": ({"I3"}, lambda a: a["TASK"].pop("tag_ids")),
    "index_of_another_status": ({"I4"}, lambda a: a["TASK"].update(completed=True, completed_at="2026-11-21")),
    "index_of_another_due_date": ({"I4"}, lambda a: a["TASK"].update(due_date="2027-02-02")),
    "index_of_another_priority": ({"I4"}, lambda a: a["TASK"].update(priority="high")),
    "open_task_with_time_of_completion": ({"I4"}, lambda a: a["TASK"].update(completed_at="2026-11-21")),
    "trash_at_another_time": ({"I4"}, lambda a: a["TRASH"].update(deleted_at="2026-11-21")),
    "trash_in_a_list": ({"I4"}, lambda a: a["TRASH"].update(lsi1sk=a["TASK"]["lsi1sk"])),
    "trash_of_a_live_task": ({"I4"}, lambda a: _put_into_trash(a, a["TASK"]["sk"].partition("#")[2])),
    "trash_with_a_link": ({"I3"}, lambda a: _link(a, a["TRASH"]["sk"].partition("#")[2])),
    "trash_that_never_expires": ({"I9"}, lambda a: a["TRASH"].pop("expires_at")),
    "trash_without_version": ({"I9"}, lambda a: a["TRASH"].pop("version")),
    "session_with_both_tokens_alive": (
        {"I5"},
        lambda a: a["SESSION"].update(previous_hash=a["SESSION"]["token_hash"]),
    ),
    "session_of_a_later_epoch": ({"I5"}, lambda a: a["SESSION"].update(epoch=1)),
    "version_0": ({"I7"}, lambda a: a["TASK"].update(version=0)),
    "tag_without_time": ({"I7"}, lambda a: a["TAG"].pop("updated_at")),
    "items_without_owner": ({"I1", "I9"}, lambda a: a.pop("PROFILE")),
    "profile_of_another_user": ({"I1", "I9"}, lambda a: a["PROFILE"].update(user_id=OTHER)),
    "unknown_kind": ({"I9"}, lambda a: a["SESSION"].update(sk="SECRET#1")),
    "unknown_partition": ({"I1", "I9"}, lambda a: a["CREDENTIAL"].update(pk="elsewhere")),
    "second_item_under_claim": ({"I1", "I9"}, lambda a: a["CREDENTIAL"].update(sk="PROFILE")),
    "record_without_end": ({"I6"}, lambda a: a["IDEMPOTENCY"].pop("expires_at")),
    "record_that_lost_its_owner": (
        {"I9"},
        lambda a: [a.pop(kind) for kind in list(a) if kind != "IDEMPOTENCY"],
    ),
    "record_that_tells_of_somebody_under_an_address": (
        {"I6"},
        lambda a: a["IDEMPOTENCY"].update(pk=a["CREDENTIAL"]["pk"]),
    ),
    "token_of_a_mail_without_hash": ({"I9"}, lambda a: a["MAILTOKEN"].update(sk="MAILTOKEN#verify_email#x")),
    "malformed_task": ({"I9"}, lambda a: a["TASK"].pop("completed")),
    "name_left_after_deletion": ({"I1", "I12"}, lambda a: a["PROFILE"].update(deleted_at="2026-11-21")),
}


@pytest.fixture
def account(api: Api, dump: Callable[[], list[Item]]) -> Account:
    """Somebody's items by their kinds, one of each."""
    me = api.sign_up()
    tag = me.create_tag(name="Secret place")
    issue(me, "verify_email")
    body = {"title": "Secret plan", "due_date": "2027-01-01", "tag_ids": [tag["id"]]}
    deleted = me.create_task(**body)
    assert me.call("POST", "tasks", body, headers={"Idempotency-Key": "x"}).status == 201
    me.call("DELETE", f"tasks/{deleted['id']}")
    items = [item for item in map(wire.load, dump()) if me.id in (item["pk"][5:], item.get("user_id"))]
    found = {item["sk"].partition("#")[0]: item for item in items}
    assert found.keys() == {
        "PROFILE", "CREDENTIAL", "SESSION", "TAG", "TAGNAME", "TASK", "TRASH", "LINK", "MAIL", "MAILTOKEN", "IDEMPOTENCY"
    }  # fmt: skip
    return found


@pytest.fixture
def target(other: Target, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A table to check, empty; nothing sleeps meanwhile."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    return other


def test_whole_account_breaks_no_rule(account: Account) -> None:
    assert list(find_violations(account.values())) == []


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rule_is_found(name: str, account: Account) -> None:
    rules, damage = BROKEN[name]
    damage(account)
    items = sorted(account.values(), key=lambda item: str(item["pk"]))
    assert {violation.rule for violation in find_violations(items)} == rules


@pytest.mark.parametrize(
    ("item", "rules"),
    [
        ({"sk": "WINDOW#900", "expires_at": 1800, "hits": 1}, set()),
        ({"sk": "WINDOW#900", "hits": 1}, {"I9"}),
        ({"sk": "PROFILE", "expires_at": 1800}, {"I9"}),
    ],
)
def test_throttle_holds_nothing_but_counters_that_expire(item: Item, rules: set[str]) -> None:
    assert {violation.rule for violation in find_violations([{"pk": "THROTTLE#registrations#0", **item}])} == rules


@pytest.mark.parametrize(
    "name", ["claim_to_another_address", "name_of_another_tag", "malformed_task", "tag_without_link"]
)
def test_report_names_rule_and_keys_but_nothing_personal_and_exits_1(
    name: str, account: Account, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = "Secret", account["PROFILE"]["email"], "ada@example.org", account["TAGNAME"]["sk"].partition("#")[2]
    rules, damage = BROKEN[name]
    damage(account)
    _put(target, account)
    assert fsck.main(["--table", target.table.name, "--endpoint", os.environ["AWS_ENDPOINT_URL_DYNAMODB"]]) == 1
    output = capsys.readouterr()
    lines = output.out.splitlines()
    assert {line.partition(" ")[0] for line in lines} == rules
    assert not [secret for secret in secrets if secret in output.out]
    assert output.err == f"fsck: {len(lines)} violation{'s' if len(lines) > 1 else ''}\n"


def test_report_does_not_name_the_address_that_a_throttle_counts(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    target.table.put_item(Item={"pk": "THROTTLE#register#203.0.113.7", "sk": "PROFILE"})
    assert fsck.main(["--table", target.table.name, "--endpoint", os.environ["AWS_ENDPOINT_URL_DYNAMODB"]]) == 1
    assert capsys.readouterr().out == "I9 THROTTLE#... throttle - an item that is not a counter with an expiry\n"


def test_whole_table_exits_0_and_a_missing_one_2(
    account: Account, target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(target, account)
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    assert fsck.main(["--table", target.table.name, "--endpoint", endpoint]) == 0
    assert capsys.readouterr() == ("", "fsck: no violations\n")
    assert fsck.main(["--table", "Missing", "--endpoint", endpoint]) == 2
    assert "ResourceNotFoundException" in capsys.readouterr().err


def test_without_a_table_and_without_make_dev_exits_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE", str(tmp_path))
    assert fsck.main([]) == 2
    assert "make dev is not running" in capsys.readouterr().err


@pytest.mark.parametrize("late", ["CREDENTIAL", "PROFILE", "LINK", "TAGNAME"])
def test_what_a_scan_saw_half_written_is_not_reported(
    late: str, account: Account, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(target, account)
    seen = [item for kind, item in account.items() if kind != late]
    assert list(find_violations(seen)) != []
    monkeypatch.setattr(target.client, "scan", lambda **_: {"Items": [wire.dump(item) for item in seen]})
    assert list(fsck.fsck(target, rate=1e9)) == []


def test_what_is_repaired_between_two_looks_is_not_reported(
    account: Account, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(target, {kind: item for kind, item in account.items() if kind != "LINK"})
    monkeypatch.setattr(time, "sleep", lambda seconds: _put(target, account) if seconds == fsck.PAUSE else None)
    assert list(fsck.fsck(target, rate=1e9)) == []


def test_table_of_many_pages_is_read_whole_and_within_the_rate(
    account: Account, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    account["TASK"]["version"] = 0
    _put(target, account)
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    pages: list[float] = []
    scan_all = target.client.scan

    def scan(**arguments: Any) -> Any:
        page = scan_all(Limit=1, **arguments)
        pages.append(page["ConsumedCapacity"]["CapacityUnits"])
        return page

    monkeypatch.setattr(target.client, "scan", scan)
    found = list(fsck.fsck(target, rate=0.001))
    assert [violation.rule for violation in found] == ["I7"]
    assert len(pages) >= 7
    waits = [seconds for seconds in slept if seconds > fsck.PAUSE]
    assert sum(waits) == pytest.approx(sum(pages[: len(waits)]) / 0.001, rel=0.01)
    assert len(waits) == len(pages) - 1


def _put(target: Target, account: Account) -> None:
    for item in account.values():
        target.table.put_item(Item=item)


def _put_into_trash(account: Account, task_id: str) -> None:
    trashed = account["TRASH"]
    trashed.update(sk=f"TRASH#{task_id}", lsi4sk=f"{trashed['deleted_at']}#{task_id}")


def _link(account: Account, task_id: str) -> None:
    link = account["LINK"]
    account["LINK of the trash"] = {**link, "sk": f"{link['sk'].rpartition('#')[0]}#{task_id}"}
