"""The requests that are measured: each is made once for real, before an embedded back end, and what AWS's services answer is kept."""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import botocore.session
import jwt
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from tools.bench.process import started
from tools.bench.stub import Exchange
from tools.local.application import Application, Function
from tools.local.gateway import find_route, rank
from tools.local.payload import build_event

type Event = Mapping[str, Any]

USER_ID: Final = "01a1fd29-0997-7d97-af63-002e9078fbbf"
SESSION_ID: Final = "01a1fd29-0b57-7c1a-9d0e-5f1c3a2b4d6e"
LATER: Final = 2**31  # Unix seconds: what the gateway has cached does not expire while it is measured
PEER_SECRET: Final = "a secret of 32 bytes or even more"  # noqa: S105 - of a peer, on this machine
NOTES: Final = "Compare last year's offer with two others, and write the result into the shared list."
TASK: Final = {"title": "Renew the domain name", "description": " ".join([NOTES] * 3)}
TASKS: Final = "/api/me/tasks"
WITH_GZIP: Final = "list_tasks gzip"  # the same request of a client that accepts it
STORED: Final = 25  # tasks that there are: more than a page has, so that it has a cursor


class Case(NamedTuple):
    """A function, the event that it is measured with, what AWS's services answer it, and what it answers."""

    name: str
    function: Function
    event: Callable[[], Event]
    answer: Any
    recording: Sequence[Exchange] = ()


def record(application: Application, back_end: str, peers: Mapping[str, Function]) -> Iterator[Case]:
    """Yield a case for each function that is compared, and for its peers; raises RuntimeError where a peer answers otherwise."""

    def case(name: str, function: Function, event: Callable[[], Event]) -> Case:
        with started(function, back_end=back_end) as process:
            answer = _good(process.invoke(event()))
            return Case(name, function, event, answer, list(process.stub.recording))

    yield Case("empty", peers["EmptyPeer"], dict, {"statusCode": 204})
    authorizer = next(one for one in application.functions.values() if one.folder == "authorizer")
    yield case("authorizer", authorizer, _authorization(application))
    yield case(
        "usual authorizer", peers["AuthorizerPeer"], _authorization_of_peer(application, peers["AuthorizerPeer"])
    )
    function, creation = _request(application, "POST", TASKS, TASK)
    with started(function, back_end=back_end) as process:
        answers = [_good(process.invoke(creation)) for _ in range(STORED)]
    task = f"{TASKS}/{json.loads(answers[-1]['body'])['id']}"
    for method, path, body in (
        ("GET", TASKS, None),
        ("POST", TASKS, TASK),
        ("GET", task, None),
        ("PATCH", task, {"title": "Renew both domain names"}),
        ("DELETE", task, None),
    ):
        function, event = _request(application, method, path, body)
        ours = case(function.folder, function, partial(dict, event))
        yield ours
        if path == TASKS:
            for name in ("fastapi", "powertools"):
                peer = case(f"{name} {ours.name}", peers[f"{name.title()}Peer"], partial(dict, event))
                _compare(ours, peer)
                yield peer
        if ours.name == "list_tasks":
            accepting = {**event, "headers": {**event["headers"], "accept-encoding": "gzip"}}
            yield case(WITH_GZIP, function, partial(dict, accepting))


def outcome(answer: Mapping[str, Any]) -> object:
    """Return of an answer what is the same whenever its event comes again."""
    return answer.get("statusCode", sorted(answer.get("context", ())))


def _request(
    application: Application, method: str, path: str, body: Mapping[str, Any] | None = None
) -> tuple[Function, Event]:
    """Return the function of a route, and the event of a request to it, as the gateway hands it over."""
    route, parameters = find_route(sorted(application.routes, key=rank), method, path)
    builder = EnvironBuilder(path, method=method, json=body, headers=[("user-agent", "curl/8.5.0"), ("accept", "*/*")])
    request = Request(builder.get_environ())
    event = build_event(request, f"{route.method} {route.path}", path, parameters, str(uuid.uuid4()))
    event["headers"]["authorization"] = f"Bearer {'x' * 400}"  # as long as a token
    event["requestContext"]["authorizer"] = {"lambda": {"user_id": USER_ID, "sid": SESSION_ID, "exp": LATER}}
    if body is not None:
        event["body"] = json.dumps(body)
    return application.functions[route.function], event


def _authorization(application: Application) -> Callable[[], Event]:
    """Return what makes the events of our authorizer: a token lives for 15 minutes, so each has a new one."""
    from lambdo.sessions import access_tokens  # noqa: PLC0415 - what reads the settings that the back end has set
    from lambdo.table import key_sets  # noqa: PLC0415

    key = key_sets.get(os.environ["SIGNING_KEYS_PARAMETER"])[0]
    _, request = _request(application, "GET", TASKS)
    return lambda: _with_token(request, access_tokens.issue(key, USER_ID, SESSION_ID))


def _authorization_of_peer(application: Application, peer: Function) -> Callable[[], Event]:
    """Return what makes the events of the usual authorizer, whose secret is stored now."""
    secret = {"Name": peer.environment["SECRET_PARAMETER"], "Value": PEER_SECRET, "Type": "SecureString"}
    ssm: Any = botocore.session.get_session().create_client("ssm")
    ssm.put_parameter(**secret)
    claims = {"iss": "lambdo", "aud": "lambdo-api", "sub": USER_ID, "sid": SESSION_ID, "exp": LATER}
    _, request = _request(application, "GET", TASKS)
    return lambda: _with_token(request, jwt.encode(claims, PEER_SECRET, "HS256"))


def _with_token(request: Event, token: str) -> Event:
    return {**request, "type": "REQUEST", "identitySource": [f"Bearer {token}"]}


def _compare(ours: Case, peer: Case) -> None:
    """Raise RuntimeError unless a peer has stored the same attributes and answered the same."""
    answers = [json.loads(case.answer["body"]) for case in (ours, peer)]
    stored = [set(json.loads(case.recording[0].request).get("Item", ())) for case in (ours, peer)]
    for answer in answers:
        for name in ("id", "created_at", "updated_at", "next_cursor"):
            answer.pop(name, None)
    if answers[0] != answers[1] or stored[0] != stored[1]:
        raise RuntimeError(f"{peer.name} does otherwise: {answers} {stored}")


def _good(answer: Any) -> Any:  # noqa: ANN401 - whatever a function answers
    """Return the answer; raises RuntimeError if it is a refusal."""
    refused = not answer.get("isAuthorized", True) or "token_error" in answer.get("context", ())
    if answer.get("statusCode", 200) >= 300 or refused:
        raise RuntimeError(f"a request that is to be measured failed: {answer}")
    return answer
