"""base64url has one spelling for each value."""

import base64
import os

import pytest

from lambdo.base.base64url import decode, encode


@pytest.mark.parametrize("length", [*range(10), 31, 32, 33, 1000])
def test_bytes_come_back(length: int) -> None:
    raw = os.urandom(length)
    text = encode(raw)
    assert decode(text) == raw
    assert text == base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["A", "AAAAA", "AA==", "AAA=", "=", "AB", "AAB", "+/+/", "AA AA", "AAAA\n", "ÀAAA", "AA\0A", "\ud800AAA", "ＡAAA"],
)
def test_any_other_spelling_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(text)
