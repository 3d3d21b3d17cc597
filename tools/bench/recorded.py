"""The requests that are measured: each is made once for real, before an embedded back end, and what AWS's services answer is kept."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import botocore.session
import jwt

from tools.bench.world import Case, Event, World
from tools.local.application import ACCOUNT, REGION, Function
from tools.local.mailbox import Mailbox
from tools.local.streams import build_modification

LATER: Final = 2**31  # Unix seconds: what the gateway has cached does not expire while it is measured
PEER_SECRET: Final = "a secret of 32 bytes or even more"  # noqa: S105 - of a peer, on this machine
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - as above
NOTES: Final = "Compare last year's offer with two others, and write the result into the shared list."
TASK: Final = {"title": "Renew the domain name", "description": " ".join([NOTES] * 3)}
STREAM: Final = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Table/stream/2026-11-21T00:00:00.000"
STREAMS: Final = {"request_email_verification": ("send_mail", "MAIL#"), "delete_tag": ("finish_deletions", "TAG#")}
PAGE: Final = 20
SPARE: Final = 5  # tasks more than a page has, so that it has a cursor

# One for each function with a route, in an order in which all succeed. The names in braces are of what `_furnish` makes.
REQUESTS: Final[Sequence[tuple[str, str, dict[str, Any] | None]]] = (
    ("GET", "/", None),
    ("GET", "/.well-known/jwks.json", None),
    ("GET", "/app", None),
    ("GET", "/docs", None),
    ("GET", "/openapi.json", None),
    ("GET", "/api/health", None),
    ("POST", "/api/auth/register", {"email": "another@example.com", "password": PASSWORD, "name": "Grace"}),
    ("POST", "/api/auth/login", {"email": "{email}", "password": PASSWORD}),
    ("POST", "/api/auth/refresh", {"refresh_token": "{refresh_token}"}),
    ("POST", "/api/auth/logout", {"refresh_token": "{token_to_log_out}"}),
    ("GET", "/api/auth/me", None),
    ("PATCH", "/api/auth/me", {"name": "Ada Lovelace"}),
    ("GET", "/api/auth/sessions", None),
    ("DELETE", "/api/auth/sessions/{session_id}", None),
    ("DELETE", "/api/auth/sessions", None),
    ("POST", "/api/auth/email/resend", None),
    ("POST", "/api/auth/email/verify", {"token": "{verify_email}"}),
    ("GET", "/api/me/tags", None),
    ("POST", "/api/me/tags", {"name": "garden", "color": "#336699"}),
    ("GET", "/api/me/tags/{tag_id}", None),
    ("PATCH", "/api/me/tags/{tag_id}", {"color": "#00ff00"}),
    ("GET", "/api/me/tasks", None),
    ("POST", "/api/me/tasks", TASK),
    ("GET", "/api/me/tasks/{task_id}", None),
    ("PATCH", "/api/me/tasks/{task_id}", {"title": "Renew both domain names"}),
    ("PATCH", "/api/me/tasks/{task_id}/complete", {"completed": True}),
    ("PUT", "/api/me/tasks/{task_id}/tags/{tag_id}", None),
    ("DELETE", "/api/me/tasks/{task_id}/tags/{tag_id}", None),
    ("POST", "/api/me/tasks/bulk", {"operations": [{"op": "complete", "task_id": "{task_to_complete}"}]}),
    ("DELETE", "/api/me/tasks/{task_id}", None),
    ("GET", "/api/me/tasks/trash", None),
    ("POST", "/api/me/tasks/trash/{task_id}/restore", None),
    ("DELETE", "/api/me/tasks/trash", None),
    ("DELETE", "/api/me/tags/{tag_id}", None),
    ("POST", "/api/auth/password", {"current_password": PASSWORD, "new_password": "another good passphrase"}),
    ("POST", "/api/auth/password/forgot", {"email": "{email}"}),
    ("POST", "/api/auth/password/reset", {"token": "{reset_password}", "password": "another good passphrase"}),
    ("DELETE", "/api/auth/me", {"password": "another good passphrase"}),
)


def record(world: World, peers: Mapping[str, Function]) -> Iterator[Case]:
    """Yield a case for every function of ours, and for each of the peers; raises RuntimeError where a peer answers otherwise."""
    known = _furnish(world)
    yield Case("empty", peers["EmptyPeer"], event=dict, answer={"statusCode": 204})
    yield Case("provision_keys", world.folder("provision_keys"))  # runs at deployments alone
    yield from _authorizers(world, known, peers["AuthorizerPeer"])
    for method, path, body in REQUESTS:
        function, event = world.event(method, _filled(path, known), json.loads(_filled(json.dumps(body), known)))
        case = world.record(function.folder, function, partial(dict, event))
        yield case
        if case.name == "list_tasks":
            accepting = {**event, "headers": {**event["headers"], "accept-encoding": "gzip"}}
            yield world.record("list_tasks gzip", function, partial(dict, accepting))
        if path == "/api/me/tasks":
            for name in ("fastapi", "powertools"):
                peer = world.record(f"{name} {case.name}", peers[f"{name.title()}Peer"], partial(dict, event))
                _compare(case, peer)
                yield peer
        if case.name in STREAMS:
            folder, prefix = STREAMS[case.name]
            yield world.record(folder, world.folder(folder), partial(dict, _records(prefix)))


def _furnish(world: World) -> dict[str, str]:
    """Make a user with all that the requests need, and return its names."""
    post = Mailbox(world.back_end)
    known = {"email": "measured@example.com", "forgetful": "forgetful@example.com"}
    for email in (known["forgetful"], known["email"]):
        world.request("POST", "/api/auth/register", {"email": email, "password": PASSWORD, "name": "Ada"})
        known["verify_email"] = _token(world, post)
    log_in = ("POST", "/api/auth/login", {"email": known["email"], "password": PASSWORD})
    here, to_refresh, to_log_out, to_end = (world.request(*log_in) for _ in range(4))
    known |= {"refresh_token": to_refresh["refresh_token"], "token_to_log_out": to_log_out["refresh_token"]}
    known["session_id"] = _claims(to_end)["sid"]
    known |= {"user_id": _claims(here)["sub"], "sid": _claims(here)["sid"]}
    world.verdict = {"user_id": known["user_id"], "sid": known["sid"], "exp": LATER}
    tasks = [world.request("POST", "/api/me/tasks", TASK)["id"] for _ in range(PAGE + SPARE)]
    known |= {"task_id": tasks[-1], "task_to_complete": tasks[-2]}
    known["tag_id"] = world.request("POST", "/api/me/tags", {"name": "home"})["id"]
    world.request("POST", "/api/auth/password/forgot", {"email": known["forgetful"]})
    known["reset_password"] = _token(world, post)
    return known


def _authorizers(world: World, known: Mapping[str, str], peer: Function) -> Iterator[Case]:
    """Yield our authorizer and the usual one; a token of ours lives 15 minutes, so each event has a new one."""
    from lambdo.sessions import access_tokens as tokens  # noqa: PLC0415 - what reads the settings that the back end has set
    from lambdo.table import key_sets  # noqa: PLC0415

    key = key_sets.get(os.environ["SIGNING_KEYS_PARAMETER"])[0]
    _, request = world.event("GET", "/api/me/tasks")
    claims = {"iss": "lambdo", "aud": "lambdo-api", "sub": known["user_id"], "sid": known["sid"], "exp": LATER}
    secret = {"Name": peer.environment["SECRET_PARAMETER"], "Value": PEER_SECRET, "Type": "SecureString"}
    _client("ssm").put_parameter(**secret)

    def with_token(token: str) -> Event:
        return {**request, "type": "REQUEST", "identitySource": [f"Bearer {token}"]}

    def event() -> Event:
        return with_token(tokens.issue(key, known["user_id"], known["sid"]))

    def event_of_peer() -> Event:
        return with_token(jwt.encode(claims, PEER_SECRET, "HS256"))

    yield world.record("authorizer", world.folder("authorizer"), event)
    yield world.record("usual authorizer", peer, event_of_peer)


def _compare(ours: Case, peer: Case) -> None:
    """Raise RuntimeError unless a peer has stored the same attributes and answered the same."""
    answers = [json.loads(case.answer["body"]) for case in (ours, peer)]
    stored = [set(json.loads(case.recording[0].request).get("Item", ())) for case in (ours, peer)]
    for answer in answers:
        for name in ("id", "created_at", "updated_at", "next_cursor"):
            answer.pop(name, None)
    if answers[0] != answers[1] or stored[0] != stored[1]:
        raise RuntimeError(f"{peer.name} does otherwise: {answers} {stored}")


def _records(prefix: str) -> Event:
    """Return the stream's record of an item whose sort key begins with the prefix, and which waits for a function."""
    items = _client("dynamodb").scan(TableName=os.environ["TABLE_NAME"])["Items"]
    waiting = [one for one in items if one["sk"]["S"].startswith(prefix) and (prefix == "MAIL#" or "deleted_at" in one)]
    return {"Records": [build_modification(one, ["pk", "sk"], STREAM) for one in waiting[:1]]}


def _token(world: World, post: Mailbox) -> str:
    """Let the mail that is asked for be sent, and return the token in it."""
    world.call(world.folder("send_mail"), _records("MAIL#"))
    (mail,) = post.take()
    return str(re.findall("#token=([A-Za-z0-9_-]+)", mail.text)[0])


def _claims(login: Mapping[str, str]) -> dict[str, str]:
    claims: dict[str, str] = jwt.decode(login["access_token"], options={"verify_signature": False})
    return claims


def _client(service: str) -> Any:  # noqa: ANN401 - botocore's clients are untyped
    return botocore.session.get_session().create_client(service)


def _filled(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text
