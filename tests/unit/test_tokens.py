"""Access tokens: what is signed here for this API verifies; nothing else does (RFC 8725, RFC 9068)."""

import hmac
import itertools
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lambdo.base import base64url, times
from lambdo.base.key import Key
from lambdo.base.settings import settings
from lambdo.sessions import access_tokens
from lambdo.sessions.access_tokens import InvalidTokenError, issue, verify

KEY: Key = {"id": "1-test", "version": 1, "secret": base64url.encode(b"k" * 32)}
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = PRIVATE.public_key()
HEADER = {"alg": "EdDSA", "typ": "at+jwt", "kid": "1-test"}
USER, SESSION = "01a1fdc1-9f76-7cf0-9d82-1892a9126527", "01a1fdc1-9f76-7d80-b43a-facb720457ae"
GONE = object()  # a claim or member that is left out


@pytest.fixture(autouse=True)
def _keys(application: object, setting: Callable[..., None]) -> None:
    setting(JWKS=access_tokens.public_jwks([KEY]), TOKEN_ISSUER="lambdo/test")


def segment(value: Any) -> str:
    return base64url.encode(value if isinstance(value, bytes) else json.dumps(value).encode())


def claims(**changes: Any) -> dict[str, Any]:
    now = times.unix()
    good = {
        "iss": "lambdo/test",
        "aud": "lambdo-api",
        "sub": USER,
        "sid": SESSION,
        "iat": now,
        "exp": now + 900,
        "jti": "j",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not GONE}


def token(payload: Any = GONE, header: Any = GONE, **members: Any) -> str:
    """Return a token with a good signature over any header and payload."""
    if header is GONE:
        header = {name: value for name, value in {**HEADER, **members}.items() if value is not GONE}
    signed = f"{segment(header)}.{segment(claims() if payload is GONE else payload)}"
    return f"{signed}.{base64url.encode(PRIVATE.sign(signed.encode()))}"


def refused(text: str, reason: str = "invalid") -> None:
    with pytest.raises(InvalidTokenError) as caught:
        verify(text)
    assert caught.value.reason == reason


def test_issued_token_verifies_with_its_claims() -> None:
    found = verify(issue(KEY, USER, SESSION))
    assert (found.user_id, found.session_id) == (USER, SESSION)
    assert found.expires_at == times.unix() + 900


def test_issued_token_has_exactly_the_claims_of_rfc_9068() -> None:
    text = issue(KEY, USER, SESSION)
    assert jwt.get_unverified_header(text) == HEADER
    payload = jwt.decode(text, options={"verify_signature": False})
    assert payload.keys() == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert (payload["iss"], payload["aud"]) == ("lambdo/test", "lambdo-api")
    assert payload["exp"] - payload["iat"] == access_tokens.LIFETIME == 900
    assert len(text) < 600


def test_token_made_by_this_test_verifies() -> None:
    assert verify(token()).user_id == USER


@pytest.mark.check("T01")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "Ed25519", "EDDSA", "eddsa", "EdDSA ", None, 1, ["EdDSA"], GONE])  # fmt: skip
def test_other_algorithm_is_refused(algorithm: Any) -> None:
    refused(token(alg=algorithm))


@pytest.mark.check("T01")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "EdDSA"])
@pytest.mark.parametrize("signature", ["", "AA", "."])
def test_unsigned_token_is_refused(algorithm: str, signature: str) -> None:
    refused(f"{segment({**HEADER, 'alg': algorithm})}.{segment(claims())}.{signature}")


@pytest.mark.check("T01")
def test_hmac_under_the_public_key_is_refused() -> None:
    spellings = [
        PUBLIC.public_bytes_raw(),
        PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        base64url.encode(PUBLIC.public_bytes_raw()).encode(),
        settings.jwks.encode(),
    ]
    for secret, algorithm in itertools.product(spellings, ["HS256", "HS384", "HS512"]):
        signed = f"{segment({**HEADER, 'alg': algorithm})}.{segment(claims())}"
        mac = hmac.digest(secret, signed.encode(), f"sha{algorithm[2:]}")
        refused(f"{signed}.{base64url.encode(mac)}")


@pytest.mark.check("T01")
def test_rsa_and_ecdsa_signatures_are_refused() -> None:
    keys: dict[str, Any] = {
        "RS256": rsa.generate_private_key(public_exponent=65_537, key_size=2048),
        "ES256": ec.generate_private_key(ec.SECP256R1()),
    }
    for algorithm, key in keys.items():
        refused(jwt.encode(claims(), key, algorithm, headers={"typ": "at+jwt", "kid": "1-test"}))


@pytest.mark.check("T02")
@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_tampered_character_is_refused(part: int) -> None:
    parts = token().split(".")
    for position in range(len(parts[part])):
        tampered = list(parts)
        other = "A" if parts[part][position] != "A" else "B"
        tampered[part] = parts[part][:position] + other + parts[part][position + 1 :]
        refused(".".join(tampered))


@pytest.mark.check("T02")
def test_key_of_another_deployment_is_refused() -> None:
    other: Key = {"id": "1-test", "version": 1, "secret": base64url.encode(b"x" * 32)}
    refused(issue(other, USER, SESSION))


@pytest.mark.check("T03")
@pytest.mark.parametrize(
    "kid", ["", "2-test", "1-TEST", "../1-test", "1-test\0", "' OR 1=1", 1, None, ["1-test"], {}, GONE]
)
def test_unknown_key_id_is_refused(kid: Any) -> None:
    refused(token(kid=kid))


@pytest.mark.check("T03")
@pytest.mark.parametrize("member", ["jku", "jwk", "x5u", "x5c", "x5t", "crit", "b64", "zip", "cty", "enc", "foo"])
def test_any_other_header_member_is_refused(member: str) -> None:
    values = {"jwk": json.loads(settings.jwks)["keys"][0], "crit": ["exp"], "b64": True, "x5c": ["AA"]}
    refused(token(**{member: values.get(member, "http://127.0.0.1:9/jwks.json")}))


@pytest.mark.check("T04", "T05", "T07")
@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "iat", "exp", "jti"])
@pytest.mark.parametrize("value", [GONE, None, "", [], {}, True, 1.5, "x", -1, "9999999999", 1e400, 10**400])
def test_missing_or_mistyped_claim_is_refused(claim: str, value: Any) -> None:
    if claim == "jti" and isinstance(value, str):
        assert verify(token(claims(**{claim: value}))).user_id == USER  # any text is a jti
        return
    with pytest.raises(InvalidTokenError):
        verify(token(claims(**{claim: value})))


@pytest.mark.check("T04")
@pytest.mark.parametrize(("seconds", "reason"), [(-86_400, "expired"), (-60, "expired"), (-6, "expired")])
def test_past_exp_is_refused_as_expired(seconds: int, reason: str) -> None:
    now = times.unix()
    refused(token(claims(iat=now - 900, exp=now + seconds)), reason)


@pytest.mark.check("T04")
def test_expired_token_with_a_wrong_signature_is_invalid_and_not_expired() -> None:
    refused(token(claims(exp=1))[:-8] + "AAAAAAAA")


@pytest.mark.check("T04")
@pytest.mark.parametrize("changes", [{"iat": 60}, {"nbf": 60}, {"exp": 901}, {"exp": 10**6}], ids=str)
def test_time_from_the_future_is_refused(changes: dict[str, int]) -> None:
    now = times.unix()
    refused(token(claims(iat=now) | {name: now + value for name, value in changes.items()}))


@pytest.mark.check("T05", "T07")
@pytest.mark.parametrize("changes", [
    {"iss": "lambdo/other"}, {"iss": "LAMBDO/test"}, {"iss": ["lambdo/test"]}, {"aud": "other"}, {"aud": ["lambdo-api"]},
    {"aud": ["lambdo-api", "other"]}, {"sub": USER.upper()}, {"sub": "me"}, {"sub": f"{USER}\n"}, {"sub": "*"},
    {"sid": SESSION.upper()}, {"sid": "x"}, {"sid": [SESSION]}, {"sub": [USER]}, {"iat": True},
], ids=str)  # fmt: skip
def test_wrong_issuer_audience_or_subject_is_refused(changes: dict[str, Any]) -> None:
    refused(token(claims(**changes)))


@pytest.mark.check("T05")
@pytest.mark.parametrize("kind", ["JWT", "at+JWT", "application/at+jwt", "rt+jwt", "", None, 1, [], GONE])
def test_wrong_type_is_refused(kind: Any) -> None:
    refused(token(typ=kind))


@pytest.mark.check("T08")
def test_other_spellings_of_base64_are_refused() -> None:
    good = token()
    head, payload, signature = good.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]
    for text in [
        f"{head}=.{payload}.{signature}", f"{head}.{payload}==.{signature}", f"{head}.{payload}.{signature}==",
        f"{head}.{payload}.{stray}", f"{head}\n.{payload}.{signature}", f" {good}", f"{good}\n", f"{good}.", f".{good}",
        f"{head}.{payload}", head, "..", ".", "", f"{head}..{signature}", good.replace(".", "。"), f"{good}.{signature}",
        f"{head}.{payload}.{signature[:-1]}+", f"{head}.{payload}.{signature[:-1]}/",
    ]:  # fmt: skip
        refused(text)


@pytest.mark.check("T09")
@pytest.mark.parametrize("header", [
    [], "EdDSA", 1, None, b"", b"{", b"\xff", b"[" * 1000, b'{"a":' * 200,
    b'{"alg":"EdDSA","typ":"at+jwt","kid":"\\ud800"}', b'{"alg":NaN}', b'"' + b"9" * 900 + b'"',
], ids=repr)  # fmt: skip
@pytest.mark.parametrize("place", ["header", "payload"])
def test_hostile_json_is_refused(header: Any, place: str) -> None:
    refused(token(header=header) if place == "header" else token(header))


@pytest.mark.check("T09")
@pytest.mark.parametrize(
    "text", ["A" * 8192, "A." * 4096, ".".join(["A" * 3000] * 3), "\ud800.a.b", "é.é.é", "a.b.c\0", "\0" * 2048]
)
def test_long_or_foreign_text_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.check("T09")
def test_token_above_2048_characters_is_refused_though_well_signed() -> None:
    refused(token(claims(jti="x" * 2048)))


@pytest.mark.parametrize("header", ["", "Basic abc", "Token abc", "Bearerabc", " Bearer abc", "Bearer\tabc"])
def test_header_of_another_scheme_is_refused(header: str) -> None:
    with pytest.raises(InvalidTokenError):
        access_tokens.from_header(header)


@pytest.mark.parametrize(
    ("header", "text"), [("Bearer", ""), ("bearer", ""), ("Bearer a.b.c", "a.b.c"), ("bEARER  a ", "a")]
)
def test_header_of_the_bearer_scheme_gives_what_follows(header: str, text: str) -> None:
    assert access_tokens.from_header(header) == text


def test_new_secrets_are_32_bytes_and_differ() -> None:
    first, second = access_tokens.new_secret(), access_tokens.new_secret()
    assert len(base64url.decode(first)) == 32
    assert first != second


def test_jwks_holds_public_halves_only() -> None:
    private = PRIVATE.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    text = access_tokens.public_jwks([KEY])
    assert base64url.encode(private) not in text
    assert base64url.encode(PUBLIC.public_bytes_raw()) in text
