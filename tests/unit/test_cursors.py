"""Cursors: signed for one scope, opaque to everybody else."""

import pytest

from lambdo.base import base64url
from lambdo.base.problems import InvalidCursor
from lambdo.tasks import cursors, query
from lambdo.web.page_query import FIRST_PAGE, PAGE_RULES, read_values

SCOPE = ["user", "tasks", "", "-created_at"]
pytestmark = pytest.mark.usefixtures("application")


@pytest.mark.parametrize("position", ["01a1fd29-776c-7ea6-850e-5ae30d7c3141", "", "a\0b", "žluťoučký", "x" * 1024])
def test_position_comes_back_under_its_own_scope(position: str) -> None:
    assert cursors.read(cursors.sign(position, SCOPE), SCOPE) == position


@pytest.mark.parametrize("scope", [
    [], SCOPE[:-1], [*SCOPE, ""], SCOPE[::-1], ["User", *SCOPE[1:]], ["", "user", *SCOPE[1:]], ["user\0tasks", "", "-created_at", "x"],
], ids=str)  # fmt: skip
def test_position_under_another_scope_raises_invalid_cursor(scope: list[str]) -> None:
    with pytest.raises(InvalidCursor):
        cursors.read(cursors.sign("position", SCOPE), scope)


@pytest.mark.check("H11")
def test_every_flipped_byte_raises_invalid_cursor() -> None:
    raw = base64url.decode(cursors.sign("position", SCOPE))
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(InvalidCursor):
            cursors.read(base64url.encode(forged), SCOPE)


def test_scope_of_a_list_differs_by_user_and_filter_but_not_by_page_size() -> None:
    def scope(user: str, **parameters: str) -> tuple[str, ...]:
        texts = {name: [value] for name, value in parameters.items()}
        values = FIRST_PAGE | read_values(texts, {**query.RULES, **PAGE_RULES})
        return tuple(query.from_values(values).scope(user))

    assert len({scope("a"), scope("b"), scope("a", status="open"), scope("a", status="done")}) == 4
    assert scope("a", limit="5") == scope("a", limit="50") == scope("a", cursor="x")
