"""From bytes to models: what is malformed, what is invalid, and what the client is told."""

import json
from typing import Literal

import pytest

from lambdo.base.fields import PatchModel
from lambdo.base.problems import InvalidFields, MalformedJson
from lambdo.web.validation import parse_fields, parse_json


class Model(PatchModel):
    text: str
    flag: bool = False
    choice: Literal["a", "b"] | None = None


def test_sent_members_are_told_from_defaults() -> None:
    assert parse_json(Model, b'{"text":"x","choice":null}').sent() == {"text": "x", "choice": None}
    assert parse_json(Model, b'{"text":"x"}').sent() == {"text": "x"}


@pytest.mark.check("H01")
@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"text":NaN}', b'{"text":Infinity}', b'"\\ud800"', b"\xff", b"[" * 60_000]
)
def test_what_is_no_json_raises_malformed_json(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse_json(Model, body)


@pytest.mark.parametrize(("body", "location", "kind"), [
    (b"{}", ["body", "text"], "missing"),
    (b'{"text":null}', ["body", "text"], "string_type"),
    (b'{"text":1}', ["body", "text"], "string_type"),
    (b'{"text":"x","flag":1}', ["body", "flag"], "bool_type"),
    (b'{"text":"x","flag":"true"}', ["body", "flag"], "bool_type"),
    (b'{"text":"x","choice":"c"}', ["body", "choice"], "literal_error"),
    (b'{"text":"x","more":1}', ["body", "more"], "extra_forbidden"),
    (b"[]", ["body"], "model_type"),
    (b"null", ["body"], "model_type"),
])  # fmt: skip
def test_what_breaks_a_rule_is_named_with_a_stable_type(body: bytes, location: list[str], kind: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        parse_json(Model, body)
    assert caught.value.errors is not None
    (error,) = caught.value.errors
    assert error.keys() == {"loc", "msg", "type"}
    assert (error["loc"], error["type"]) == (location, kind)


def test_value_that_was_sent_is_not_repeated() -> None:
    with pytest.raises(InvalidFields) as caught:
        parse_fields(Model, {"text": ["secret"], "flag": "secret"})
    assert "secret" not in str(caught.value.errors)


def test_1_000_unknown_fields_are_answered_with_20_errors() -> None:
    body = json.dumps({"text": "x", **{f"unknown{i}": i for i in range(1000)}}).encode()
    with pytest.raises(InvalidFields) as refusal:
        parse_json(Model, body)
    assert len(refusal.value.errors or []) == 20
