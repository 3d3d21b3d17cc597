"""What must hold in the table at any time, checked over a dump (the invariants that the stored entities allow).

I1 a claim per user and a user per claim. I2 likewise for the names of tags, and the count of tags is theirs.
I3 every link is of a live task that has the tag, and of a live tag, or of one that is being deleted; and back.
I4 what is stored twice agrees. I9 nothing lies outside its owner's partition but the claims.
I12 what is being deleted says so, so that the stream can bring it again; nothing else may be left of it.
"""

from collections import defaultdict
from typing import Any

from lambdo.models.tag import name_key
from lambdo.store import wire

type Items = dict[str, dict[str, Any]]

PROFILE = ("user_id", "email", "name", "time_zone", "created_at", "version")
TOMBSTONE = {"pk", "sk", "deleted_at", "expires_at"}
KINDS = {"PROFILE", "SESSION", "TASK", "TAG", "TAGNAME", "LINK"}


def fsck(dump: list[dict[str, Any]]) -> None:
    """Raise AssertionError naming the first item that breaks a rule."""
    partitions: dict[str, Items] = defaultdict(dict)
    for item in map(wire.load, dump):
        partitions[item["pk"]][item["sk"]] = item
    claims = {pk: items for pk, items in partitions.items() if pk.startswith("EMAIL#")}
    owners = {pk: items for pk, items in partitions.items() if pk.startswith("USER#")}
    assert not partitions.keys() - claims.keys() - owners.keys()
    _check_accounts(claims, owners)
    for items in owners.values():
        profile = items["PROFILE"]  # everything has an owner, alive or being deleted
        assert {sk.partition("#")[0] for sk in items} <= KINDS, items.keys()
        if "deleted_at" in profile:  # a sweep may be half-way, late writes may have come: nothing is promised but this
            assert profile.keys() - {"touched_at"} == TOMBSTONE, profile
        else:
            _check_items(items, profile)


def _check_accounts(claims: dict[str, Items], owners: dict[str, Items]) -> None:
    """Check that there is one claim per user and one user per claim, and that what is stored twice agrees."""
    alive = {pk: items["PROFILE"] for pk, items in owners.items() if "deleted_at" not in items["PROFILE"]}
    assert all(items.keys() == {"CREDENTIAL"} for items in claims.values()), claims
    credentials = {pk: _profile(items["CREDENTIAL"]) for pk, items in claims.items()}
    profiles = {pk: _profile(profile) for pk, profile in alive.items()}
    assert {f"USER#{credential['user_id']}": credential for credential in credentials.values()} == profiles
    assert {f"EMAIL#{profile['email']}": profile for profile in profiles.values()} == credentials


def _check_items(items: Items, profile: dict[str, Any]) -> None:
    by_kind: dict[str, Items] = defaultdict(dict)
    for sk, item in items.items():
        kind, _, rest = sk.partition("#")
        by_kind[kind][rest] = item
    for task_id, task in by_kind["TASK"].items():
        _check_task(task_id, task)
    for session in by_kind["SESSION"].values():
        assert len(session["token_hash"]) == 64, session
        assert session["token_hash"] != session.get("previous_hash"), session
    live = {tag_id: tag for tag_id, tag in by_kind["TAG"].items() if "deleted_at" not in tag}
    _check_tags(live, by_kind["TAGNAME"], profile)
    _check_links(by_kind["LINK"], by_kind["TASK"], live, by_kind["TAG"].keys() - live.keys())


def _check_tags(live: Items, names: Items, profile: dict[str, Any]) -> None:
    assert {name_key(tag["name"]): tag_id for tag_id, tag in live.items()} == {
        name: claim["tag_id"] for name, claim in names.items()
    }
    assert len(live) == len(names) == profile.get("tag_count", 0), profile
    for tag in live.values():
        assert tag["version"] >= 1, tag
        assert {"name", "created_at", "updated_at"} <= tag.keys(), tag


def _check_links(links: Items, tasks: Items, live: Items, going: set[str]) -> None:
    pairs: set[tuple[str, ...]] = {tuple(link.split("#")) for link in links}
    wanted = {(tag_id, task_id) for task_id, task in tasks.items() for tag_id in task.get("tag_ids", ())}
    assert wanted <= pairs, wanted - pairs
    assert {tag_id for tag_id, _ in pairs} <= live.keys() | going, pairs
    # While a tag is being deleted it may have left its task before the link goes.
    assert {(tag_id, task_id) for tag_id, task_id in pairs - wanted if tag_id not in going} == set()


def _profile(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in PROFILE}


def _check_task(task_id: str, item: dict[str, Any]) -> None:
    status = "done" if item["completed"] else "open"
    rank = {"low": 1, "medium": 2, "high": 3}[item["priority"]]
    due = f"{status}#{item['due_date']}#{task_id}" if "due_date" in item else None
    assert item["lsi1sk"] == f"{status}#{task_id}", item
    assert item.get("lsi2sk") == due, item
    assert item["lsi3sk"] == f"{status}#{rank}#{task_id}", item
    assert item["completed"] == ("completed_at" in item), item
    assert item["version"] >= 1, item
    assert len(item.get("tag_ids", ())) <= 20, item
