"""Passwords: any length and any character, hashed by bcrypt at the set cost."""

from collections.abc import Callable
from pathlib import Path

import bcrypt
import pytest

from lambdo.users import passwords


@pytest.fixture(autouse=True)
def _cheap(application: object) -> None:
    """Hash at the cost that the test environment sets."""


@pytest.mark.parametrize("password", ["x" * 8, "x" * 10_000, "\0" * 8, "\U0001f600" * 128, "é" * 72, ""])
def test_password_verifies_against_its_own_hash_only(password: str) -> None:
    password_hash = passwords.hash_password(password)
    assert passwords.verify(password, password_hash)
    assert not passwords.verify(password + "x", password_hash)
    assert not passwords.verify("x" + password, password_hash)
    assert not passwords.verify(password + "\0", password_hash)


def test_same_password_hashes_differently_each_time() -> None:
    assert passwords.hash_password("password") != passwords.hash_password("password")


def test_composed_and_decomposed_forms_are_one_password() -> None:
    assert passwords.verify("e\u0301" * 8, passwords.hash_password("\u00e9" * 8))


def test_unknown_account_is_refused_after_the_work_of_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    salts: list[bytes] = []
    monkeypatch.setattr(bcrypt, "hashpw", lambda _, salt: salts.append(salt))
    assert passwords.verify("anything", None) is False
    assert salts == [b"$2b$04$" + b"." * 22]


def test_hash_has_the_set_cost_and_a_higher_one_asks_for_a_rehash(setting: Callable[..., None]) -> None:
    setting(PASSWORD_COST="5")
    password_hash = passwords.hash_password("password")
    assert password_hash.startswith("$2b$05$")
    assert not passwords.needs_rehash(password_hash)
    setting(PASSWORD_COST="6")
    assert passwords.needs_rehash(password_hash)
    setting(PASSWORD_COST="4")
    assert not passwords.needs_rehash(password_hash)


@pytest.mark.check("P05")
@pytest.mark.parametrize("password", ["password", "PASSWORD", "12345678", "Qwertyuiop", "iloveyou"])
def test_common_password_is_known_in_any_case(password: str) -> None:
    passwords._common.cache_clear()  # the coverage of what a fixture has read is not measured
    assert passwords.is_common(password)


@pytest.mark.parametrize("password", ["correct horse battery staple", "passwort-und-so", ""])
def test_other_password_is_not_common(password: str) -> None:
    assert not passwords.is_common(password)


@pytest.mark.check("P05")
def test_list_of_common_passwords_has_3000_that_the_length_rule_would_take() -> None:
    lines = (Path(passwords.__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(lines)) == len(lines) == 3000
    assert all(passwords.MIN_LENGTH <= len(line) <= passwords.MAX_LENGTH for line in lines)
    assert all(line == line.casefold() for line in lines)
