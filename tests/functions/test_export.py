"""`make export`: all that one user owns and nobody else's, as the API shows it."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.in_process.api import PASSWORD, Caller
from tools.operate import export

ROOT = Path(__file__).parents[2]
INTERNAL = {
    "pk", "sk", "lsi1sk", "lsi2sk", "lsi3sk", "lsi4sk", "password_hash", "token_hash", "previous_hash", "tag_ids",
    "tag_count", "epoch", "session_epoch",
}  # fmt: skip


def test_document_has_profile_sessions_tags_tasks_and_trash_as_the_api_shows_them(
    user: Caller, stranger: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = [user.create_tag(name=name) for name in ("Zuhause", "Büro")]
    tasks = [user.create_task(title=f"task {number}", tag_ids=[tags[number % 2]["id"]]) for number in range(3)]
    user.call("PATCH", f"tasks/{tasks[1]['id']}/complete")
    user.call("DELETE", f"tasks/{user.create_task(title='deleted', tag_ids=[tags[0]['id']])['id']}")
    stranger.create_task(title="not mine", tag_ids=[stranger.create_tag()["id"]])
    document = _export(user.id, capsys)
    assert document.keys() == {"user", "sessions", "tags", "tasks", "trash"}
    assert document["user"] == user.call("GET", "/api/auth/me").json
    assert document["tags"] == user.call("GET", "tags").json["items"]
    assert document["tasks"] == user.call("GET", "tasks", query="sort=created_at").json["items"]
    assert document["trash"] == user.call("GET", "tasks/trash").json["items"]
    assert (len(document["tasks"]), len(document["trash"])) == (3, 1)
    (session,) = user.call("GET", "/api/auth/sessions").json["items"]
    assert document["sessions"] == [{name: value for name, value in session.items() if name != "current"}]


def test_nothing_internal_is_in_it(user: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = [user.create_task(due_date="2027-01-01", tag_ids=[user.create_tag()["id"]]) for _ in range(2)]
    user.call("DELETE", f"tasks/{tasks[1]['id']}")
    user.api.call("POST", "/api/auth/refresh", {"refresh_token": user.refresh_token})
    document = _export(user.id, capsys)
    assert not INTERNAL & set(_names(document))
    assert not {user.refresh_token, "TASK#", "TRASH#", "$2b$"} & set(json.dumps(document).split('"'))


def test_user_is_found_by_address_whatever_its_case(user: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    assert _export(f" {user.email.upper()}", capsys)["user"]["id"] == user.id


@pytest.mark.parametrize("who", ["nobody@example.org", "@", "01a1fd29-7777-7777-8777-777777777777", "", "TASK#1"])
def test_unknown_user_exits_1_and_writes_nothing(who: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(who, "--out", str(tmp_path / "out.json")) == 1
    assert capsys.readouterr() == ("", "export: no such account\n")
    assert list(tmp_path.iterdir()) == []


def test_deleted_account_exits_1(user: Caller) -> None:
    user.call("DELETE", "/api/auth/me", {"password": PASSWORD})
    assert _run(user.id) == _run(user.email) == 1


def test_missing_table_exits_2(user: Caller, setting: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    setting(TABLE_NAME="Missing")
    assert _run(user.id) == 2
    assert "ResourceNotFoundException" in capsys.readouterr().err


def test_file_can_be_read_by_its_owner_alone(user: Caller, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("older and much longer than nothing" * 1000)
    out.chmod(0o644)
    assert _run(user.id, "--out", str(out)) == 0
    assert json.loads(out.read_text())["user"]["id"] == user.id
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("login_shell", [{"USER": "root"}, {}])
def test_make_does_not_take_the_login_shells_user_for_the_one_that_is_asked_for(login_shell: dict[str, str]) -> None:
    environment = {"PATH": os.environ["PATH"], **login_shell}
    command = ["make", "--old-file", ".venv/.local", "export"]  # the environment is there: the tests run in it
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "Name the user: make export USER=id or email." in ran.stdout


def _run(who: str, *more: str) -> int:
    endpoint, table = os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["TABLE_NAME"]
    return export.main(["--table", table, "--endpoint", endpoint, "--user", who, *more])


def _export(who: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert _run(who) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def _names(value: Any) -> list[str]:
    """Return every name in a document."""
    if isinstance(value, dict):
        return [*value, *(name for inner in value.values() for name in _names(inner))]
    return [name for inner in value for name in _names(inner)] if isinstance(value, list) else []
