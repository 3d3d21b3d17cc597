"""The frame of every endpoint: the guard, the one line of the log, what is packed, what an unforeseen exception shows."""

import gzip
import io
import json
from typing import Any

import pytest

from lambdo.base import times
from lambdo.base.metering import meter
from lambdo.base.problems import InvalidFields, ServiceUnavailable, TaskNotFound
from lambdo.web import endpoint as frame
from lambdo.web.endpoint import Request, Response, endpoint
from tools.in_process.api import Answer, Context, as_sent, logging_to, recorded_event

KEYS = [
    "level", "message", "timestamp", "request_id", "user_id", "route", "status", "duration_ms",
    "capacity_units",
]  # fmt: skip
USER = "01a1fd29-76f8-7e7d-9883-a61b136938d3"
REQUEST_ID = "JKJaXmPLvHcESHA="


def event(**changes: Any) -> dict[str, Any]:
    value = recorded_event()
    verdict = changes.pop("verdict", {"user_id": USER, "sid": USER, "exp": times.unix() + 60})
    if verdict is not None:
        value["requestContext"]["authorizer"] = {"lambda": verdict}
    return {**value, **changes}


def serve(handle: Any, *, public: bool = False, **changes: Any) -> Answer:
    log = io.StringIO()
    with logging_to(log):
        answer = endpoint(public=public)(handle)(event(**changes), Context())
    return as_sent(answer, log.getvalue())


def ok(request: Request) -> Response:
    return Response(200, {"user_id": request.user_id})


def never(request: Request) -> Response:
    raise AssertionError("the guard let it through")


def line(answer: Answer) -> dict[str, Any]:
    assert answer.log.count("\n") == 1
    value: dict[str, Any] = json.loads(answer.log)
    return value


def test_request_logs_1_line_with_the_keys_of_the_design(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_cold", [False])
    answer = serve(ok)
    logged = line(answer)
    assert list(logged) == KEYS
    assert (logged["level"], logged["message"]) == ("INFO", "request")
    assert (logged["request_id"], logged["user_id"]) == (REQUEST_ID, USER)
    assert (logged["route"], logged["status"]) == ("GET /api/{user_id}/tasks", 200)
    assert len(answer.log.encode()) <= 512


def test_line_has_no_null(application: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_cold", [False])
    logged = line(serve(ok, public=True, verdict=None))
    assert list(logged) == [key for key in KEYS if key != "user_id"]
    assert None not in logged.values()


def test_refusal_is_logged_at_info_with_its_code_and_without_a_traceback() -> None:
    def refuse(_: Request) -> Response:
        raise TaskNotFound

    answer = serve(refuse)
    logged = line(answer)
    assert (logged["level"], logged["status"], logged["code"]) == ("INFO", 404, "task_not_found")
    assert "Traceback" not in answer.log
    assert len(answer.log.encode()) <= 512


def test_503_is_logged_with_the_reason_that_the_client_is_not_told() -> None:
    def refuse(_: Request) -> Response:
        raise ServiceUnavailable("no_answer")

    answer = serve(refuse)
    assert (line(answer)["code"], line(answer)["reason"]) == ("service_unavailable", "no_answer")
    assert "no_answer" not in answer.text


def test_longest_line_has_at_most_512_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_cold", [True])

    def refuse(_: Request) -> Response:
        meter.units = 1234567.5
        raise ServiceUnavailable("no_answer")

    answer = serve(refuse, routeKey="DELETE /api/{user_id}/tasks/{task_id}/tags/{tag_id}")
    assert line(answer)["cold_start"] is True
    assert len(answer.log.encode()) <= 512


def test_cold_start_is_logged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_cold", [True])
    assert [line(serve(ok)).get("cold_start") for _ in range(3)] == [True, None, None]


def test_capacity_units_are_those_of_the_request_alone() -> None:
    def use(_: Request) -> Response:
        meter.units += 2.5
        return Response(204)

    assert [line(serve(use))["capacity_units"] for _ in range(2)] == [2.5, 2.5]
    assert line(serve(ok))["capacity_units"] == 0


@pytest.mark.check("H08")
@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("secret"), RecursionError("secret"), UnicodeEncodeError("utf-8", "x", 0, 1, "secret")], ids=repr)  # fmt: skip
def test_unforeseen_exception_is_a_500_that_says_only_its_request_id(error: Exception) -> None:
    def fail(_: Request) -> Response:
        raise error

    answer = serve(fail)
    assert answer.status == 500
    assert answer.json == {
        "type": "/docs/errors#internal_error",
        "title": "Internal error",
        "status": 500,
        "detail": "Something went wrong on our side. Include the request_id when you report it.",
        "instance": f"/requests/{REQUEST_ID}",
        "code": "internal_error",
        "request_id": REQUEST_ID,
    }
    assert type(error).__name__ not in answer.text
    exception, request = map(json.loads, answer.log.splitlines())
    assert (exception["level"], exception["request_id"]) == ("ERROR", REQUEST_ID)
    assert exception["function_request_id"]
    assert "secret" in exception["exception"]
    assert (request["status"], request["code"]) == (500, "internal_error")


GUARDED: list[tuple[dict[str, Any], int]] = [
    ({"verdict": None}, 401),
    ({"verdict": {}}, 401),
    ({"verdict": {"token_error": "invalid"}}, 401),
    ({"verdict": {"user_id": USER}}, 401),
    ({"pathParameters": {"user_id": USER.upper()}}, 403),
    ({"pathParameters": {"user_id": "other"}}, 403),
    ({"pathParameters": {"user_id": ""}}, 403),
]


@pytest.mark.check("A03")
@pytest.mark.parametrize(("changes", "status"), GUARDED, ids=str)
def test_guard_lets_no_handler_run(changes: dict[str, Any], status: int) -> None:
    answer = serve(never, **changes)
    assert answer.status == status
    assert answer.json["code"] == {401: "invalid_token", 403: "forbidden"}[status]
    logged = line(answer)
    assert (logged["event"], logged["level"], logged["request_id"]) == ("access_denied", "WARNING", REQUEST_ID)
    assert len(answer.log.encode()) <= 512


@pytest.mark.parametrize("verdict", [{"token_error": "expired"}, {"user_id": USER, "sid": USER, "exp": 1}], ids=str)
def test_expired_token_is_refused_401_but_no_denial_worth_a_warning(verdict: dict[str, Any]) -> None:
    logged = line(serve(never, verdict=verdict))
    assert (logged["level"], logged["status"]) == ("INFO", 401)
    assert "event" not in logged


@pytest.mark.parametrize(
    "context",
    [{}, {"authorizer": {}}, {"authorizer": {"lambda": None}}, {"authorizer": {"jwt": {"claims": {"sub": USER}}}}],
)
def test_context_without_the_authorizers_answer_is_refused_401(context: dict[str, Any]) -> None:
    value = event(verdict=None)
    value["requestContext"] |= context
    assert endpoint()(never)(value, Context())["statusCode"] == 401


@pytest.mark.parametrize("parameters", [None, {}, {"user_id": "me"}, {"user_id": USER}])
def test_guard_lets_ones_own_path_through(parameters: dict[str, str] | None) -> None:
    assert serve(ok, pathParameters=parameters).json == {"user_id": USER}


@pytest.mark.parametrize("body", ["A", "AAAAA", "é", "\ud800"])
def test_body_that_is_no_base64_is_refused_400(body: str) -> None:
    answer = serve(never, body=body, isBase64Encoded=True)
    assert answer.json["code"] == "malformed_json"


@pytest.mark.check("H04")
@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 413), (131_073, 413)])
def test_body_above_65536_bytes_is_refused_413(size: int, status: int) -> None:
    assert serve(ok, body="x" * size).status == status


def test_header_names_are_the_same_in_any_case() -> None:
    named = serve(lambda request: Response(200, {"seen": request.headers["if-match"]}), headers={"If-Match": '"v1"'})
    assert named.json == {"seen": '"v1"'}


def test_bytes_are_sent_as_they_are_with_what_the_handler_says() -> None:
    answer = serve(lambda _: Response(200, b"\x89PNG\xff", {"content-type": "image/png"}), public=True)
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG\xff", "image/png")


def test_headers_of_the_response_win_over_those_of_the_frame() -> None:
    answer = serve(lambda _: Response(200, {}, {"cache-control": "public", "etag": '"v1"'}))
    assert (answer.headers["cache-control"], answer.headers["etag"]) == ("public", '"v1"')
    assert answer.headers["content-type"] == "application/json"


def test_answer_is_compact_utf8_json() -> None:
    assert serve(lambda _: Response(200, {"a": ["é", None]})).text == '{"a":["é",null]}'


def shown(size: int, **headers: str) -> Answer:
    """Return the answer to a GET whose body as JSON has this many bytes and an entity tag."""
    body = {"a": "é" * 2 + "a" * (size - len('{"a":"éé"}'.encode()))}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return serve(lambda _: Response(200, body, {"etag": '"v3"'}), headers=sent)


@pytest.mark.parametrize(("size", "packed"), [(1024, False), (1025, True)])
def test_json_above_1024_bytes_is_packed_for_whom_takes_gzip(size: int, packed: bool) -> None:
    answer = shown(size, accept_encoding="br, gzip")
    assert (answer.headers.get("content-encoding") == "gzip", "vary" in answer.headers) == (packed, packed)
    plain = gzip.decompress(answer.content) if packed else answer.content
    assert (len(plain), json.loads(plain)["a"][:3]) == (size, "ééa")


def test_json_is_not_packed_for_anybody_else_and_says_that_it_could_be() -> None:
    answer = shown(2000, accept_encoding="br, gzip;q=0")
    assert ("content-encoding" in answer.headers, answer.headers["vary"], len(answer.content)) == (
        False,
        "accept-encoding",
        2000,
    )


def test_problem_is_packed_as_well() -> None:
    def refuse(_: Request) -> Response:
        raise InvalidFields(
            errors=[{"loc": ["body", str(number)], "msg": "wrong", "type": "x"} for number in range(20)]
        )

    answer = serve(refuse, headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["content-encoding"]) == (422, "gzip")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json["errors"]) == 20


def test_strong_entity_tag_of_the_packed_is_another() -> None:
    assert [shown(2000, accept_encoding=coding).headers["etag"] for coding in ("gzip", "")] == ['"v3-gzip"', '"v3"']


@pytest.mark.parametrize(("accepted", "tag", "status"), [
    ("gzip", '"v3-gzip"', 304), ("gzip", 'W/"v3-gzip"', 304), ("gzip", "*", 304), ("gzip", '"v3"', 200),
    ("br", '"v3"', 304), ("br", '"v3-gzip"', 200),
])  # fmt: skip
def test_get_of_what_the_client_has_in_this_coding_is_answered_304_without_it(
    accepted: str, tag: str, status: int
) -> None:
    answer = shown(2000, accept_encoding=accepted, if_none_match=tag)
    assert (answer.status, line(answer)["status"], bool(answer.content)) == (status, status, status == 200)
    assert answer.headers["etag"] == shown(2000, accept_encoding=accepted).headers["etag"]
    assert answer.headers["vary"] == "accept-encoding"
    assert ({"content-type", "content-encoding"} & answer.headers.keys() == set()) == (status == 304)


def test_if_none_match_of_anything_but_a_get_is_ignored() -> None:
    route, headers = "PATCH /api/{user_id}/tasks/{task_id}", {"If-None-Match": "*"}
    assert serve(lambda _: Response(200, {}, {"etag": '"v1"'}), routeKey=route, headers=headers).status == 200


def test_weak_entity_tag_is_compared_without_its_mark() -> None:
    def page(_: Request) -> Response:
        return Response(200, b"<p>", {"etag": 'W/"1"', "content-type": "text/html"})

    assert serve(page, headers={"if-none-match": '"1"'}).status == 304
