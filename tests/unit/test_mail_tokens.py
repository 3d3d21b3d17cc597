"""Tokens of mails: nobody can guess one, and there is one spelling of each."""

import pytest

from lambdo.mails import mail_tokens
from tools.in_process.api import UNKNOWN_ID


def test_token_is_its_user_and_256_random_bits() -> None:
    tokens = [mail_tokens.new(UNKNOWN_ID) for _ in range(100)]
    assert len({token.secret for token in tokens}) == 100
    for token in tokens:
        assert len(token.secret) * 8 == 256
        assert mail_tokens.parse(str(token)) == token
        assert token.user_id == UNKNOWN_ID


def test_hash_is_sha_256_of_the_token_as_the_mail_has_it() -> None:
    token = mail_tokens.MailToken(UNKNOWN_ID, bytes(32))
    assert str(token) == "AaH9KXd3d3eHd3d3d3d3dwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert token.hash() == "75bcbe4b1341500b133efb0c999e1fc1a6cad0dec56a9499431822a3ed453167"


@pytest.mark.parametrize(
    "text", ["", "A", "A" * 63, "A" * 65, "A" * 64 + "=", "A" * 63 + "=", "é" * 64, "A" * 63 + "\n"]
)
def test_what_is_no_token_in_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|ASCII"):
        mail_tokens.parse(text)
