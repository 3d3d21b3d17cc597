"""GET /api/{user_id}/tasks?q= - the text is found in title and description, whatever its case and accents."""

from urllib.parse import urlencode

import pytest

from tests.support.lists import items_of
from tools.in_process.api import Caller, Json

FOUND = [
    ("Call the café", "cafe"), ("Call the cafe", "CAFÉ"), ("cafe\u0301", "café"), ("café", "cafe\u0301"),
    ("Straße", "STRASSE"), ("STRASSE", "straße"), ("Straße", "rass"), ("Stra\u1e9ee", "strasse"),
    ("İstanbul", "istanbul"), ("istanbul", "İSTANBUL"), ("ISTANBUL", "istanbul"), ("ΣΟΦΟΣ", "σοφος"), ("σοφός", "ΣΟΦΟΣ"),
    ("Ångström", "angstrom"), ("A\u030angström", "\u212bngstrom"), ("Việt Nam", "viet nam"), ("ﬁnance", "FIN"), ("①", "1"),
    ("ＦＵＬＬ", "full"), ("naïve façade", "NAIVE FACADE"), ("Ёлка", "елка"), ("日本語の本", "本語"), ("한국", "한국"),
    ("tasks (100 %) [x] .*", ") [x] .*"), ("a  b", "  "), ("50% off", "%"), ("a_b", "_"), ("#tag", "#"), ("😀 done", "😀"),
    ("ends here", "here"), ("x" * 200, "X" * 100),
]  # fmt: skip
NOT_FOUND = [
    ("Diyarbakır", "diyarbakir"), ("Łódź", "lodz"), ("a b", "ab"), ("abc", "a.c"), ("abc", "%"), ("abc", "b*"), ("done", "open"),
    ("a", "aa"), ("😀", "😁"), ("here", "there"),
]  # fmt: skip


def find(user: Caller, text: str, **more: str) -> list[Json]:
    return items_of(user.call("GET", "tasks", query=urlencode({"q": text, **more})))


@pytest.mark.parametrize(("text", "query"), FOUND)
def test_text_is_found_in_title_and_description(user: Caller, text: str, query: str) -> None:
    in_title, in_description = user.create_task(title=text), user.create_task(title="-", description=f"- {text} -")
    user.create_task(title="-", description="-")
    user.create_task(title="-")
    assert find(user, query) == [in_description, in_title]
    assert find(user, query, status="open", sort="priority") == [in_description, in_title]


@pytest.mark.parametrize(("text", "query"), NOT_FOUND)
def test_other_text_is_not_found(user: Caller, text: str, query: str) -> None:
    user.create_task(title=text, description=text)
    assert find(user, query) == []


def test_text_must_stand_in_one_of_the_two(user: Caller) -> None:
    user.create_task(title="buy", description="milk")
    for query in ("buymilk", "buy milk", "buy\nmilk", "y\nm"):
        assert find(user, query) == []
    task = user.create_task(title="list", description="buy\nmilk")
    assert find(user, "buy\nmilk") == [task]


def test_text_of_100_characters_is_the_longest(user: Caller) -> None:
    task = user.create_task(title="é" * 120)
    assert find(user, "é" * 100) == [task]
    assert user.call("GET", "tasks", query=urlencode({"q": "é" * 101})).status == 422
