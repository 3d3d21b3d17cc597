"""Ids: UUIDv7 by RFC 9562, in order of creation, unique."""

import time
import uuid

import pytest

from lambdo.base.ids import is_id, new_id

ID = "01a1fd29-776c-7ea6-850e-5ae30d7c3141"


def test_id_is_version_7_of_variant_10() -> None:
    parsed = uuid.UUID(new_id())
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert str(parsed) == str(parsed).lower()


def test_first_48_bits_are_unix_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_645_557_742_000_000_000)  # RFC 9562 appendix A.6
    assert new_id().startswith("017f22e2-79b0-7000-")


def test_12_bits_are_the_fraction_of_the_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_645_557_742_000_500_000)
    assert new_id()[14:18] == "7800"
    monkeypatch.setattr(time, "time_ns", lambda: 1_645_557_742_000_999_999)
    assert new_id()[14:18] == "7fff"


def test_text_order_is_creation_order(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_795_245_830_000_000_000, 1_795_245_830_000_000_000 + 3_000_000, 1000))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    made = [new_id() for _ in range(3000)]
    assert made == sorted(made)
    assert all(map(is_id, made))


def test_10000_ids_of_one_moment_are_unique(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_795_245_830_000_000_000)
    made = {new_id() for _ in range(10_000)}
    assert len(made) == 10_000
    assert len({one[:18] for one in made}) == 1


@pytest.mark.parametrize("text", [
    "", ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", f"{ID}\n", f" {ID}", f"{ID}0", ID[:-1],
    ID.replace("-7ea6-", "-4ea6-"), ID.replace("-850e-", "-050e-"), ID.replace("-850e-", "-c50e-"), ID.replace("0", "０"),
    "00000000-0000-0000-0000-000000000000", "g" + ID[1:],
])  # fmt: skip
def test_any_other_spelling_is_no_id(text: str) -> None:
    assert is_id(ID)
    assert not is_id(text)
