"""What must hold in the table at any time, checked over a dump (the invariants that the stored entities allow)."""

from typing import Any

from lambdo.store import table

OWNERS = ("USER#", "EMAIL#")
PROFILE = ("user_id", "email", "name", "time_zone", "created_at", "version")


def fsck(dump: list[dict[str, Any]]) -> None:
    """Raise AssertionError naming the first item that breaks a rule."""
    items = [table.load(item) for item in dump]
    profiles = {one["pk"]: _profile(one) for one in items if one["sk"] == "PROFILE"}
    claims = {one["pk"]: _profile(one) for one in items if one["sk"] == "CREDENTIAL"}
    # One claim per user and one user per claim, and what is stored twice agrees.
    assert {f"USER#{claim['user_id']}": claim for claim in claims.values()} == profiles
    assert {f"EMAIL#{profile['email']}": profile for profile in profiles.values()} == claims
    for item in items:
        assert item["pk"].startswith(OWNERS), item
        match item["sk"].partition("#")[0]:
            case "TASK":
                _check_task(item)
            case "SESSION":
                assert len(item["token_hash"]) == 64, item
                assert item["token_hash"] != item.get("previous_hash"), item


def _profile(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in PROFILE}


def _check_task(item: dict[str, Any]) -> None:
    status, task_id = "done" if item["completed"] else "open", item["sk"].removeprefix("TASK#")
    rank = {"low": 1, "medium": 2, "high": 3}[item["priority"]]
    due = f"{status}#{item['due_date']}#{task_id}" if "due_date" in item else None
    assert item["lsi1sk"] == f"{status}#{task_id}", item
    assert item.get("lsi2sk") == due, item
    assert item["lsi3sk"] == f"{status}#{rank}#{task_id}", item
    assert item["completed"] == ("completed_at" in item), item
    assert item["version"] >= 1, item
