"""Hostile Unicode: what is accepted comes back exactly, and passwords compare as people type them."""

import unicodedata

import pytest

from tests.support.frame import assert_problem
from tools.in_process.api import PASSWORD, Api, Caller

STRINGS = [
    "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "עברית ועוד", "العربية \u200f123\u200e", "\u202eevil\u202c", "e\u0301 is not é", "Z\u0351\u036b\u0343a\u0341lgo",
    "\ufeffBOM", "zero\u200bwidth", "a\u2028line\u2029separators", "Ⅷ ﬁ ſ ß İ ı", "𝒜𝓃𝒸𝒾𝑒𝓃𝓉 𐎀𐎁", "\U0010ffff\uffff\ufffe",
    "你好，世界", "ไทย", "a\u00a0b", '"quotes" \\ \\n \\u0000 /', "<script>alert(1)</script>", "{{7*7}} ${jndi:x} %s %n",
    "'; DROP TABLE tasks; --", "#TASK# : = AND", "NaN", "null", "\u00ad", "𠜎" * 200, "\U0001f600" * 200,
]  # fmt: skip
PAIRS = {
    "after byte 72": ("x" * 72 + "one", "x" * 72 + "two"),
    "after NUL": ("before\0one!", "before\0two!"),
    "case": ("Passphrase of mine", "passphrase of mine"),
    "compatibility": ("ﬁancee forever", "fiancee forever"),
    "trailing space": ("a passphrase", "a passphrase "),
    "homoglyph": ("раssphrase one", "passphrase one"),
}


@pytest.mark.check("H02")
@pytest.mark.parametrize("text", STRINGS, ids=ascii)
def test_text_comes_back_exactly_from_every_endpoint(user: Caller, text: str) -> None:
    task = user.create_task(title=text, description=text)
    assert (task["title"], task["description"]) == (text, text)
    assert user.call("GET", f"tasks/{task['id']}").json == task
    assert user.call("GET", "tasks").json["items"] == [task]
    changed = user.call("PUT", f"tasks/{task['id']}", {"title": f"x{text}"[:200], "description": f"y{text}"}).json
    assert (changed["title"], changed["description"]) == (f"x{text}"[:200], f"y{text}")


def test_raw_and_escaped_spellings_are_the_same(user: Caller) -> None:
    raw = user.call("POST", "tasks", raw='{"title":"😀é"}').json
    escaped = user.call("POST", "tasks", raw=r'{"title":"\ud83d\ude00\u00e9"}').json
    assert raw["title"] == escaped["title"] == "😀é"


@pytest.mark.parametrize("text", ["line\nbreaks\r\n", "\ttabs\t", " spaces ", ""])
def test_description_keeps_its_layout(user: Caller, text: str) -> None:
    assert user.create_task(description=text)["description"] == text


@pytest.mark.check("I04")
def test_line_breaks_in_input_forge_no_line_of_the_log(user: Caller) -> None:
    text = 'x\r\n{"level":"ERROR","message":"forged"}'
    answer = user.call("POST", "tasks", {"title": "x", "description": text})
    assert answer.status == 201
    assert answer.log.count("\n") == 1
    assert "forged" not in answer.log


def register(api: Api, email: str, password: str) -> None:
    answer = api.call("POST", "/api/auth/register", {"email": email, "password": password})
    assert answer.status == 201, answer.text


def log_in_status(api: Api, email: str, password: str) -> int:
    return api.call("POST", "/api/auth/login", {"email": email, "password": password}).status


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_password_is_the_same_in_nfc_and_nfd(api: Api, form: str) -> None:
    password, email = "žluťoučký kůň", f"{form}@example.com"
    register(api, email, unicodedata.normalize("NFC" if form == "NFD" else "NFD", password))
    normalized = unicodedata.normalize("NFD" if form == "NFD" else "NFC", password)
    assert log_in_status(api, email, normalized) == 200


@pytest.mark.check("P03")
@pytest.mark.parametrize("pair", PAIRS)
def test_passwords_that_differ_do_not_interchange(api: Api, pair: str) -> None:
    for number, (right, wrong) in enumerate([PAIRS[pair], PAIRS[pair][::-1]]):
        email = f"{pair.replace(' ', '')}{number}@example.com"
        register(api, email, right)
        assert (log_in_status(api, email, right), log_in_status(api, email, wrong)) == (200, 401)


@pytest.mark.check("P01", "P02")
@pytest.mark.parametrize(("characters", "status"), [(7, 422), (8, 201), (64, 201), (128, 201), (129, 422)])
def test_password_length_counts_characters_and_not_bytes(api: Api, characters: int, status: int) -> None:
    body = {"email": f"emoji{characters}@example.com", "password": "\U0001f600" * characters}
    answer = api.call("POST", "/api/auth/register", body)
    assert answer.status == status
    if status == 422:
        assert_problem(answer, 422, "invalid_fields")


@pytest.mark.check("H02")
def test_name_comes_back_exactly(api: Api) -> None:
    body = {"email": "unicode.name@example.com", "password": PASSWORD, "name": "Дж\u0301о‍👩‍🚀"}
    assert api.call("POST", "/api/auth/register", body).json["name"] == body["name"]
