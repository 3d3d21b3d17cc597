"""GET /.well-known/jwks.json."""

from collections.abc import Callable

from lambdo.base import base64url
from tools.in_process.api import Api

PATH = "/.well-known/jwks.json"


def test_public_key_is_answered_200_and_may_be_cached_for_five_minutes(api: Api) -> None:
    answer = api.call("GET", PATH)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json["keys"]
    assert key.keys() == {"kty", "crv", "use", "alg", "kid", "x"}
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("OKP", "Ed25519", "sig", "EdDSA")
    assert len(base64url.decode(key["x"])) == 32


def test_rotated_keys_are_the_newest_two_newest_first(api: Api, rotate: Callable[[], None]) -> None:
    (first,) = api.call("GET", PATH).json["keys"]
    rotate()
    second, *others = api.call("GET", PATH).json["keys"]
    assert others == [first]
    rotate()
    third, *others = api.call("GET", PATH).json["keys"]
    assert others == [second]
    assert len({key["kid"] for key in (first, second, third)}) == 3
