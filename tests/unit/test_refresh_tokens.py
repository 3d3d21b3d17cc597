"""Refresh tokens: derived from their session and generation, 256 bits that nobody can guess."""

import hashlib

import pytest

from lambdo.base import base64url
from lambdo.base.ids import new_id
from lambdo.sessions.refresh_tokens import derive, is_genuine, parse

SECRET, OTHER = base64url.encode(b"s" * 32), base64url.encode(b"o" * 32)
USER, SESSION = new_id(), new_id()


def test_token_comes_back_from_its_text() -> None:
    token = derive(SECRET, USER, SESSION, 7)
    assert parse(str(token)) == token
    assert len(str(token)) == 91
    assert len(token.mac) == 32


def test_same_session_and_generation_give_the_same_token() -> None:
    assert str(derive(SECRET, USER, SESSION, 7)) == str(derive(SECRET, USER, SESSION, 7))


def test_every_part_changes_the_mac() -> None:
    tokens = [
        derive(SECRET, USER, SESSION, 7),
        derive(OTHER, USER, SESSION, 7),
        derive(SECRET, SESSION, SESSION, 7),
        derive(SECRET, USER, USER, 7),
        derive(SECRET, USER, SESSION, 8),
    ]
    assert len({token.mac for token in tokens}) == 5
    assert len({token.hash() for token in tokens}) == 5


@pytest.mark.check("T18")
def test_hash_is_sha256_of_the_text() -> None:
    token = derive(SECRET, USER, SESSION, 0)
    assert token.hash() == hashlib.sha256(str(token).encode()).hexdigest()


def test_token_is_genuine_under_its_own_secret_only() -> None:
    token = derive(SECRET, USER, SESSION, 3)
    assert is_genuine(token, SECRET)
    assert not is_genuine(token, OTHER)
    assert not is_genuine(token._replace(generation=4), SECRET)
    assert not is_genuine(token._replace(mac=bytes(32)), SECRET)


@pytest.mark.parametrize("raw", [b"", bytes(67), bytes(69), bytes(32) + b"\xff" * 4 + bytes(32)])
def test_what_was_never_given_out_raises_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError, match="refresh token"):
        parse(base64url.encode(raw))


def test_last_generation_but_one_is_read() -> None:
    assert parse(str(derive(SECRET, USER, SESSION, 2**32 - 2))).generation == 2**32 - 2
