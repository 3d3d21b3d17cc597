"""429: guessing and flooding end in time, for whoever does it and for nobody else."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import bcrypt
import pytest

from lambdo.base import times
from lambdo.table import wire
from tests.support.at_once import at_once
from tests.support.frame import assert_problem
from tests.support.fsck import fsck
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.environment import LIMITS
from tools.in_process.network import LOST, PASS, Network, error
from tools.in_process.table import uncounted
from tools.local.application import Application

type Dump = Callable[[], list[dict[str, Any]]]

NEXT_ADDRESS = iter(ipaddress.ip_network("198.51.100.0/24"))
QUARTER, HOUR = 900, 3600


@pytest.fixture(autouse=True)
def defaults(application: Application, setting: Callable[..., None]) -> dict[str, str]:
    """The limits of the template, which other tests raise."""
    declared = {name: value for one in application.functions.values() for name, value in one.environment.items()}
    limits = {name: declared[name] for name in LIMITS}
    setting(**limits)
    return limits


@pytest.fixture(autouse=True)
def _clock(clock: Callable[..., None]) -> None:
    """Let the whole test stand in one window, unless it moves on itself."""


@pytest.fixture
def here() -> str:
    """An address from which nothing has come yet."""
    return str(next(NEXT_ADDRESS))


@pytest.fixture
def elsewhere() -> str:
    """Another."""
    return str(next(NEXT_ADDRESS))


@pytest.fixture
def sign_up(api: Api, setting: Callable[..., None], defaults: dict[str, str]) -> Callable[[], Caller]:
    """Return what registers and logs in somebody at yet another address, where many register."""

    def run() -> Caller:
        setting(REGISTRATIONS_PER_ADDRESS="10000")
        caller = api.sign_up()
        setting(**defaults)
        return caller

    return run


@pytest.fixture
def owner(sign_up: Callable[[], Caller]) -> Caller:
    """Whose account it is."""
    return sign_up()


@pytest.fixture
def stranger(sign_up: Callable[[], Caller]) -> Caller:
    """Somebody else."""
    return sign_up()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What bcrypt was given to hash or to check."""
    given: list[bytes] = []
    real = bcrypt.hashpw, bcrypt.checkpw

    def hashpw(password: bytes, salt: bytes) -> bytes:
        given.append(salt)
        return real[0](password, salt)

    def checkpw(password: bytes, hashed: bytes) -> bool:
        given.append(hashed)
        return real[1](password, hashed)

    monkeypatch.setattr(bcrypt, "hashpw", hashpw)
    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    yield given
    monkeypatch.undo()


def log_in(api: Api, email: str, source_ip: str, password: str = "wrong", **options: Any) -> Answer:
    return api.call("POST", "/api/auth/login", {"email": email, "password": password}, source_ip=source_ip, **options)


def register(api: Api, email: str, source_ip: str) -> Answer:
    return api.call("POST", "/api/auth/register", {"email": email, "password": PASSWORD}, source_ip=source_ip)


def forget(api: Api, email: str, source_ip: str) -> Answer:
    return api.call("POST", "/api/auth/password/forgot", {"email": email}, source_ip=source_ip)


def fail(api: Api, emails: list[str], source_ip: str) -> None:
    for email in emails:
        assert_problem(log_in(api, email, source_ip), 401, "invalid_credentials")


def left(window: int) -> int:
    """Return the seconds until the window ends; they are more than nothing."""
    return window - times.unix() % window


def assert_throttled(answer: Answer, policy: str, quota: int, window: int) -> None:
    assert_problem(answer, 429, "too_many_requests")
    assert answer.headers["retry-after"] == str(left(window))
    assert answer.headers["ratelimit-policy"] == f'"{policy}";q={quota};w={window}'
    assert answer.headers["ratelimit"] == f'"{policy}";r=0;t={left(window)}'
    assert '"event":"throttled"' in answer.log


def counters(dump: Dump) -> list[dict[str, Any]]:
    return [wire.load(item) for item in dump() if item["pk"]["S"].startswith("THROTTLE#")]


@pytest.mark.check("P11")
def test_5_failures_end_an_addresss_guesses_at_an_account_and_the_owner_elsewhere_gets_in(
    api: Api, owner: Caller, here: str, elsewhere: str
) -> None:
    fail(api, [owner.email] * 5, here)
    for password in ("wrong", PASSWORD):
        assert_throttled(log_in(api, owner.email, here, password), "log_in_failures", 5, QUARTER)
    assert log_in(api, owner.email, elsewhere, PASSWORD).status == 200


def test_throttled_account_leaves_others_at_the_address_alone(api: Api, owner: Caller, here: str) -> None:
    fail(api, ["victim@example.com"] * 5, here)
    assert log_in(api, "victim@example.com", here).status == 429
    assert log_in(api, owner.email, here, PASSWORD).status == 200


def test_throttle_of_log_ins_ends_with_its_15_minutes(
    api: Api, owner: Caller, here: str, clock: Callable[..., None]
) -> None:
    fail(api, [owner.email] * 5, here)
    clock(seconds=left(QUARTER) - 1)
    assert_throttled(log_in(api, owner.email, here, PASSWORD), "log_in_failures", 5, QUARTER)
    clock(seconds=1)
    assert log_in(api, owner.email, here, PASSWORD).status == 200


@pytest.mark.check("P12")
def test_50_failures_at_many_accounts_end_an_addresss_log_ins(
    api: Api, owner: Caller, here: str, elsewhere: str
) -> None:
    fail(api, [f"guessed{number // 2}@example.com" for number in range(50)], here)
    assert_throttled(log_in(api, owner.email, here, PASSWORD), "log_in_failures", 50, QUARTER)
    assert_throttled(log_in(api, "another@example.com", here), "log_in_failures", 50, QUARTER)
    assert log_in(api, owner.email, elsewhere, PASSWORD).status == 200


@pytest.mark.check("P13")
def test_50_guesses_at_once_are_5_failures(api: Api, owner: Caller, here: str, dump: Dump) -> None:
    answers = at_once(50, lambda _: log_in(api, owner.email, here))
    assert Counter(answer.status for answer in answers) == {401: 5, 429: 45}
    fsck(dump())


@pytest.mark.check("P13")
def test_right_guess_is_refused_if_5_wrong_ones_sent_at_the_same_time_are_answered_first(
    api: Api, owner: Caller, here: str, network: Network
) -> None:
    network.plan = [PASS, PASS, lambda: fail(api, [owner.email] * 5, here)]
    answer = log_in(api, owner.email, here, PASSWORD)
    assert_throttled(answer, "log_in_failures", 5, QUARTER)
    assert "PutItem" not in network.sent  # no session


def test_log_ins_that_succeed_count_nothing(api: Api, owner: Caller, here: str, dump: Dump) -> None:
    before = counters(dump)
    answers = at_once(20, lambda _: log_in(api, owner.email, here, PASSWORD))
    assert Counter(answer.status for answer in answers) == {200: 20}
    assert counters(dump) == before


@pytest.mark.check("P09")
def test_unknown_address_is_throttled_like_an_account_after_the_same_work(
    api: Api, owner: Caller, here: str, elsewhere: str, network: Network, hashes: list[bytes]
) -> None:
    seen = []
    for email, source_ip in ((owner.email, here), ("unknown@example.com", elsewhere)):
        network.sent.clear()
        hashes.clear()
        answers = [log_in(api, email, source_ip, request_id="same") for _ in range(7)]
        same = [(answer.status, answer.headers, answer.text) for answer in answers]
        seen.append((same, [*network.sent], [salt[:7] for salt in hashes]))
    assert seen[0] == seen[1]
    assert [status for status, *_ in seen[0][0]] == [401] * 5 + [429] * 2
    assert seen[0][1:] == (["GetItem", "GetItem", "UpdateItem"] * 5 + ["GetItem"] * 2, [b"$2b$04$"] * 5)


def test_address_in_another_case_is_the_same_account(api: Api, owner: Caller, here: str) -> None:
    fail(api, [owner.email, owner.email.upper(), f" {owner.email} ", owner.email.title(), owner.email], here)
    assert log_in(api, owner.email.upper(), here).status == 429


@pytest.mark.check("P15")
@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"])
def test_forged_header_does_not_change_who_is_counted(api: Api, owner: Caller, here: str, header: str) -> None:
    for number in range(5):
        forged = {header: f"203.0.113.{number}"}
        assert log_in(api, owner.email, here, headers=forged).status == 401
    assert log_in(api, owner.email, here, PASSWORD, headers={header: "192.0.2.1"}).status == 429


@pytest.mark.check("P15")
def test_addresses_of_one_ipv6_64_are_counted_together(api: Api, owner: Caller) -> None:
    for number in range(5):
        assert log_in(api, owner.email, f"2001:db8:0:1::{number:x}:1").status == 401
    assert log_in(api, owner.email, "2001:db8:0:1:ffff:ffff:ffff:ffff", PASSWORD).status == 429
    assert log_in(api, owner.email, "2001:db8:0:2::1", PASSWORD).status == 200


def test_20_registrations_from_an_address_are_all_in_an_hour_taken_addresses_included(
    api: Api, here: str, elsewhere: str, clock: Callable[..., None], hashes: list[bytes], dump: Dump
) -> None:
    statuses = [register(api, f"flood{number // 2}@example.com", here).status for number in range(20)]
    assert statuses == [201, 409] * 10
    before = uncounted(dump())
    hashes.clear()
    assert_throttled(register(api, "flood20@example.com", here), "registrations", 20, HOUR)
    assert hashes == []
    assert uncounted(dump()) == before
    assert register(api, "flood20@example.com", elsewhere).status == 201
    clock(seconds=left(HOUR))
    assert register(api, "flood21@example.com", here).status == 201


@pytest.mark.check("P13")
def test_50_registrations_at_once_are_20(api: Api, here: str, dump: Dump) -> None:
    answers = at_once(50, lambda number: register(api, f"at.once{number}@example.com", here))
    assert Counter(answer.status for answer in answers) == {201: 20, 429: 30}
    fsck(dump())


def test_registration_that_is_refused_for_its_fields_counts_nothing(api: Api, here: str, dump: Dump) -> None:
    before = counters(dump)
    for _ in range(3):
        assert register(api, "no address", here).status == 422
    assert counters(dump) == before


@pytest.mark.check("P09")
def test_3_mails_in_an_hour_can_be_asked_for_to_an_address_from_wherever_whether_it_is_known_or_not(
    api: Api, owner: Caller, here: str, elsewhere: str, clock: Callable[..., None], dump: Dump
) -> None:
    for email in (owner.email, "nobody@example.com"):
        assert [forget(api, email, source_ip).status for source_ip in (here, here, elsewhere)] == [202] * 3
        before = uncounted(dump())
        assert_throttled(forget(api, email.upper(), elsewhere), "mails_to_account", 3, HOUR)
        assert uncounted(dump()) == before
    clock(seconds=left(HOUR))
    assert forget(api, owner.email, here).status == 202


def test_20_mails_in_an_hour_can_be_asked_for_from_an_address(api: Api, here: str, elsewhere: str) -> None:
    statuses = [forget(api, f"forgot{number}@example.com", here).status for number in range(20)]
    assert statuses == [202] * 20
    assert_throttled(forget(api, "forgot20@example.com", here), "mails_from_address", 20, HOUR)
    assert forget(api, "forgot20@example.com", elsewhere).status == 202


def test_20_mails_asked_for_at_once_are_3(api: Api, owner: Caller, here: str) -> None:
    answers = at_once(20, lambda _: forget(api, owner.email, here))
    assert Counter(answer.status for answer in answers) == {202: 3, 429: 17}


def test_3_mails_in_an_hour_can_be_asked_for_to_confirm_ones_address_besides_those_for_the_password(
    api: Api, owner: Caller, stranger: Caller, here: str
) -> None:
    def resend(caller: Caller) -> Answer:
        return caller.call("POST", "/api/auth/email/resend", source_ip=here)

    assert [forget(api, owner.email, here).status for _ in range(3)] == [202] * 3
    assert [resend(owner).status for _ in range(3)] == [202] * 3
    assert_throttled(resend(owner), "mails_to_account", 3, HOUR)
    assert resend(stranger).status == 202


def test_password_of_somebody_logged_in_is_asked_for_10_times_in_15_minutes_from_wherever(
    owner: Caller, stranger: Caller, clock: Callable[..., None], hashes: list[bytes]
) -> None:
    def delete(caller: Caller, password: str, number: int = 0) -> Answer:
        body = {"password": password}
        return caller.call("DELETE", "/api/auth/me", body, source_ip=f"192.0.2.{number}")

    for number in range(10):
        assert_problem(delete(owner, "wrong", number), 403, "wrong_password")
    hashes.clear()
    assert_throttled(delete(owner, PASSWORD, 99), "password_checks", 10, QUARTER)
    assert hashes == []
    assert delete(stranger, PASSWORD).status == 202
    clock(seconds=left(QUARTER))
    assert delete(owner, PASSWORD).status == 202


def test_counters_expire_with_their_window_and_name_nobody(api: Api, owner: Caller, here: str, dump: Dump) -> None:
    known = [item["pk"] for item in counters(dump)]
    for _ in range(7):
        log_in(api, owner.email, here)
    (item,) = [item for item in counters(dump) if item["pk"] not in known]
    assert item["expires_at"] == times.unix() + left(QUARTER)
    assert item["sk"] == f"WINDOW#{item['expires_at'] - QUARTER}"
    assert {count for name, count in item.items() if name.startswith("hits")} == {5}  # what is refused is not counted
    assert owner.email not in str(item)
    assert here not in str(item)


@pytest.mark.parametrize("step", range(3))
def test_failed_log_in_is_503_while_it_cannot_be_counted(
    api: Api, owner: Caller, here: str, network: Network, dump: Dump, step: int
) -> None:
    before = dump()
    network.plan = [*[PASS] * step, *[error("ProvisionedThroughputExceededException")] * 3]
    assert_problem(log_in(api, owner.email, here), 503, "service_unavailable")
    assert dump() == before


def test_failure_whose_count_is_sent_again_counts_twice_at_most(
    api: Api, owner: Caller, here: str, network: Network
) -> None:
    network.plan = [PASS, PASS, LOST]
    fail(api, [owner.email] * 4, here)
    assert log_in(api, owner.email, here).status == 429
