"""The local gateway behaves as an API Gateway HTTP API does; each test names the page of AWS that says so.

Pages are under https://docs.aws.amazon.com/apigateway/latest/developerguide/
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tools.local.application import Application
from tools.local.gateway import BODY_LIMIT, Exchange, Gateway
from tools.local.pool import Result
from tools.local.template import read_template

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Origins: {Type: CommaDelimitedList, Default: "https://app.example.com,http://localhost:5173"}
Globals:
  Function: {Runtime: python3.13, CodeUri: functions/}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration:
        AllowOrigins: !Ref Origins
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization]
        ExposeHeaders: [etag, link]
        MaxAge: 600
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token:
            FunctionArn: !GetAtt AuthorizerFunction.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 300}
  AuthorizerFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: authorizer.app.handler}
  OpenFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: open.app.handler
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/open/{id}", Auth: {Authorizer: NONE}}}
        Post: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /open, Auth: {Authorizer: NONE}}}
        Files: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: "/files/{proxy+}", Auth: {Authorizer: NONE}}}
  ExactFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: exact.app.handler
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /open/exact, Auth: {Authorizer: NONE}}}
  GuardedFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: guarded.app.handler
      Events:
        Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /guarded}}
        Other: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /guarded/other}}
"""

Handler = Callable[[dict[str, Any]], Any]


class Api:
    """The gateway with functions that are plain callables here; `events` are what they received."""

    def __init__(self, application: Application) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.handlers: dict[str, Handler] = dict.fromkeys(application.functions, lambda _: {"statusCode": 204})
        self.handlers["AuthorizerFunction"] = lambda _: {"isAuthorized": True}
        self.exchanges: list[Exchange] = []
        self.gateway = Gateway(application, self.invoke, self.exchanges.append)
        self.client = Client(self.gateway, use_cookies=False)

    def invoke(self, function: str, event: dict[str, Any], trace_id: str) -> Result:
        self.events.append((function, json.loads(json.dumps(event))))
        assert trace_id == event["headers"]["x-amzn-trace-id"]
        try:
            answer = self.handlers[function](event)
        except Exception as error:  # noqa: BLE001 - as a worker does
            return Result(None, {"errorType": type(error).__name__, "errorMessage": str(error)}, [], cold=False)
        return Result(json.dumps(answer), None, [], cold=False)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def event(self) -> dict[str, Any]:
        return self.events[-1][1]

    def called(self) -> list[str]:
        return [name for name, _ in self.events]


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    template = tmp_path_factory.mktemp("gateway") / "template.yaml"
    template.write_text(TEMPLATE)
    return read_template(template, {}, {})


@pytest.fixture
def api(application: Application) -> Api:
    return Api(application)


def message(response: TestResponse) -> tuple[int, Any]:
    return response.status_code, json.loads(response.text)


# ---- Routes: http-api-develop-routes.html -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/open", "/open/", "/open/1/", "/open//", "/open/1/2", "/Open/1", "/files/"]
)
def test_unknown_route_is_404_not_found(api: Api, path: str) -> None:
    """http-api-develop-routes.html: "the API returns {"message":"Not Found"}"."""
    assert message(api.get(path)) == (404, {"message": "Not Found"})
    assert api.events == []


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_known_path_with_another_method_is_404_not_405(api: Api, method: str) -> None:
    """http-api-develop-routes.html: a route is a method and a path; no match is Not Found."""
    assert message(api.client.open("/open/1", method=method)) == (404, {"message": "Not Found"})


def test_head_is_no_get(api: Api) -> None:
    """http-api-develop-routes.html: HEAD is a method of its own; a GET route does not answer it."""
    assert api.client.head("/open/1").status_code == 404


def test_full_match_is_preferred_to_a_variable(api: Api) -> None:
    """http-api-develop-routes.html, "Routing API requests": full match first."""
    api.get("/open/exact")  # the page's GET /pets/dog/1 beside GET /pets/dog/{id}
    api.get("/open/other")
    assert api.called() == ["ExactFunction", "OpenFunction"]


def test_greedy_variable_takes_the_rest_and_any_takes_each_method(api: Api) -> None:
    """http-api-develop-routes.html, "Working with path variables"; the routeKey says ANY."""
    api.client.delete("/files/a/b")
    assert api.event()["pathParameters"] == {"proxy": "a/b"}
    assert api.event()["routeKey"] == "ANY /files/{proxy+}"


def test_path_and_its_variables_arrive_decoded(api: Api) -> None:
    """http-api-develop-routes.html: "API Gateway decodes URL-encoded request parameters"."""
    api.get("/open/a%20b%C3%A9%2B")
    assert api.event()["rawPath"] == "/open/a bé+"
    assert api.event()["requestContext"]["http"]["path"] == "/open/a bé+"
    assert api.event()["pathParameters"] == {"id": "a bé+"}


def test_encoded_slash_separates_segments(api: Api) -> None:
    """http-api-develop-routes.html decodes; a capture from AWS: fastify/aws-lambda-fastify#169."""
    assert api.get("/open/a%2Fb").status_code == 404
    api.get("/files/a%2Fb")
    assert api.event()["pathParameters"] == {"proxy": "a/b"}


# ---- The event: http-api-develop-integrations-lambda.html ----------------------------------------------------------


def test_header_names_are_lower_cased_and_repeated_headers_joined(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: "Duplicate headers are combined with commas"."""
    api.get("/open/1", headers=[("X-Custom-Name", "1"), ("X-CUSTOM-name", "2")])
    assert api.event()["headers"]["x-custom-name"].replace(" ", "") == "1,2"
    assert all(name == name.lower() for name in api.event()["headers"])


def test_cookies_have_a_list_of_their_own(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: "Format 2.0 includes a new cookies field"."""
    api.get("/open/1", headers={"Cookie": "a=1; b=2"})
    assert api.event()["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in api.event()["headers"]


def test_query_is_exact_in_raw_and_combined_by_commas_when_decoded(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: "Duplicate query strings are combined with commas"."""
    api.get("/open/1?b=%20x&a=1&b=y&c=&%C3%A9=%2B")
    assert api.event()["rawQueryString"] == "b=%20x&a=1&b=y&c=&%C3%A9=%2B"
    assert api.event()["queryStringParameters"] == {"b": " x,y", "a": "1", "c": "", "é": "+"}


def test_absent_query_cookies_variables_and_body_are_absent_keys(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: the example's optional keys."""
    api.client.post("/open")
    assert not {"queryStringParameters", "cookies", "pathParameters", "body"} & set(api.event())
    assert (api.event()["version"], api.event()["isBase64Encoded"]) == ("2.0", False)


def test_request_id_and_time_are_of_the_request(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """http-api-develop-integrations-lambda.html: requestId, time, and timeEpoch in milliseconds."""
    moment = datetime(2026, 11, 21, 7, 23, 50, 250_000, tzinfo=UTC)
    monkeypatch.setattr("tools.local.payload.datetime", SimpleNamespace(now=lambda _: moment))
    contexts = []
    for _ in range(2):
        response = api.get("/open/1")
        contexts.append(api.event()["requestContext"])
        assert response.headers["apigw-requestid"] == contexts[-1]["requestId"]
    assert contexts[0]["requestId"] != contexts[1]["requestId"]
    assert contexts[0]["timeEpoch"] == moment.timestamp() * 1000
    assert contexts[0]["time"] == "21/Nov/2026:07:23:50 +0000"


def test_context_tells_method_protocol_address_and_agent(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: requestContext.http."""
    environ = {"REMOTE_ADDR": "127.0.0.9"}
    api.get("/open/1", headers={"User-Agent": "test", "X-Forwarded-For": "10.0.0.1"}, environ_base=environ)
    assert api.event()["requestContext"]["http"] == {
        "method": "GET",
        "path": "/open/1",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.9",
        "userAgent": "test",
    }
    assert api.event()["requestContext"]["stage"] == "$default"
    assert api.event()["routeKey"] == api.event()["requestContext"]["routeKey"] == "GET /open/{id}"
    assert api.event()["headers"]["x-forwarded-for"] == "10.0.0.1, 127.0.0.9"


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/plain", True),
        ("application/xml", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("application/merge-patch+json", False),
        ("", False),
    ],
)
def test_body_is_text_for_text_types_and_base64_for_others(api: Api, content_type: str, text: bool) -> None:
    """http-api-develop-integrations-lambda.html: isBase64Encoded; the list as observed: ministackorg/ministack#766."""
    api.client.post("/open", data=b'{"a":"\xc3\xa9"}', content_type=content_type or None)
    expected = '{"a":"é"}' if text else base64.b64encode(b'{"a":"\xc3\xa9"}').decode()
    assert (api.event()["body"], api.event()["isBase64Encoded"]) == (expected, not text)


def test_body_over_10_mb_is_413(api: Api) -> None:
    """http-api-quotas.html: "Payload size 10 MB"."""
    assert api.client.post("/open", data=b"x" * BODY_LIMIT).status_code == 204
    assert message(api.client.post("/open", data=b"x" * (BODY_LIMIT + 1))) == (
        413,
        {"message": "Request Entity Too Large"},
    )


# ---- The answer: http-api-develop-integrations-lambda.html ----------------------------------------------------------


def test_unhandled_exception_is_500_without_a_trace(api: Api) -> None:
    """http-api-troubleshooting-lambda.html: a Lambda error is 500 Internal Server Error."""
    api.handlers["OpenFunction"] = lambda _: 1 / 0
    assert message(api.get("/open/1")) == (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "abc"},
        {"statusCode": 9},
        {"statusCode": 200, "headers": [1]},
        {"statusCode": 200, "isBase64Encoded": True, "body": "?"},
    ],
)
def test_malformed_answer_is_500(api: Api, answer: Any) -> None:
    """http-api-troubleshooting-lambda.html: an answer that is not in the format is Internal Server Error."""
    api.handlers["OpenFunction"] = lambda _: answer
    assert message(api.get("/open/1")) == (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize(
    ("answer", "body"), [("Hello", "Hello"), ({"message": "hi"}, '{"message": "hi"}'), ([1], "[1]")]
)
def test_answer_without_status_is_the_body_of_a_200_in_json(api: Api, answer: Any, body: str) -> None:
    """http-api-develop-integrations-lambda.html, "Lambda function response for format 2.0"."""
    api.handlers["OpenFunction"] = lambda _: answer
    response = api.get("/open/1")
    assert (response.status_code, response.text, response.headers["content-type"]) == (200, body, "application/json")


def test_answer_with_status_headers_cookies_and_binary_body(api: Api) -> None:
    """http-api-develop-integrations-lambda.html: "each cookie becomes a set-cookie header"; base64 bodies are decoded."""
    api.handlers["OpenFunction"] = lambda _: {
        "statusCode": 201,
        "headers": {"location": "/open/2", "content-type": "image/png"},
        "cookies": ["a=1", "b=2"],
        "isBase64Encoded": True,
        "body": base64.b64encode(b"\x00\xff").decode(),
    }
    response = api.get("/open/1")
    assert (response.status_code, response.data) == (201, b"\x00\xff")
    assert response.headers["location"] == "/open/2"
    assert response.headers.getlist("set-cookie") == ["a=1", "b=2"]


# ---- The authorizer: http-api-lambda-authorizer.html ----------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}])
def test_missing_identity_source_is_401_without_asking(api: Api, headers: dict[str, str]) -> None:
    """http-api-lambda-authorizer.html: "API Gateway doesn't invoke your Lambda authorizer, and the client receives a 401"."""
    assert message(api.get("/guarded", headers=headers)) == (401, {"message": "Unauthorized"})
    assert api.events == []


def test_refusal_is_403(api: Api) -> None:
    """http-api-lambda-authorizer.html, "Lambda function response for format 2.0"; see also http-api-troubleshooting."""
    api.handlers["AuthorizerFunction"] = lambda _: {"isAuthorized": False}
    assert message(api.get("/guarded", headers={"Authorization": "t"})) == (403, {"message": "Forbidden"})
    assert api.called() == ["AuthorizerFunction"]


@pytest.mark.parametrize("handler", [lambda _: 1 / 0, lambda _: {"isAuthorized": "yes"}, lambda _: [], lambda _: None])
def test_authorizer_error_or_malformed_answer_is_500(api: Api, handler: Handler) -> None:
    """http-api-lambda-authorizer.html, "Troubleshooting": "clients receive a 500 Internal Server Error"."""
    api.handlers["AuthorizerFunction"] = handler
    assert message(api.get("/guarded", headers={"Authorization": "t"})) == (500, {"message": "Internal Server Error"})
    assert api.called() == ["AuthorizerFunction"]


def test_authorizer_receives_the_request_and_its_context_reaches_the_function(api: Api) -> None:
    """http-api-lambda-authorizer.html, payload format 2.0; integrations: requestContext.authorizer.lambda."""
    context = {"user_id": "u", "exp": 7, "list": [1]}
    api.handlers["AuthorizerFunction"] = lambda _: {"isAuthorized": True, "context": context}
    api.get("/guarded?x=1", headers={"Authorization": "t"})
    (_, question), (function, event) = api.events
    assert (question["type"], question["identitySource"], question["rawQueryString"]) == ("REQUEST", ["t"], "x=1")
    assert question["routeArn"].endswith("/$default/GET/guarded")
    assert not {"body", "isBase64Encoded"} & set(question)
    assert function == "GuardedFunction"
    assert event["requestContext"]["authorizer"] == {"lambda": context}


def test_verdict_is_cached_by_token_for_all_routes_until_it_expires(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """http-api-lambda-authorizer.html, "Caching authorizer responses"; SAM: ReauthorizeEvery, here 300 seconds."""
    now = 1000.0
    monkeypatch.setattr("tools.local.gateway.time.monotonic", lambda: now)
    for path, token in [("/guarded", "a"), ("/guarded/other", "a"), ("/guarded", "b"), ("/guarded", "a")]:
        assert api.get(path, headers={"Authorization": token}).status_code == 204
    assert api.called().count("AuthorizerFunction") == 2
    now = 1299.9
    api.get("/guarded", headers={"Authorization": "a"})
    assert api.called().count("AuthorizerFunction") == 2
    now = 1300.1
    api.get("/guarded", headers={"Authorization": "a"})
    assert api.called().count("AuthorizerFunction") == 3


def test_failed_authorizer_is_asked_again(api: Api) -> None:
    """http-api-lambda-authorizer.html: what is cached is an authorizer's result; an error is none."""
    api.handlers["AuthorizerFunction"] = lambda _: 1 / 0
    api.get("/guarded", headers={"Authorization": "t"})
    api.handlers["AuthorizerFunction"] = lambda _: {"isAuthorized": True}
    assert api.get("/guarded", headers={"Authorization": "t"}).status_code == 204


# ---- CORS: http-api-cors.html ----------------------------------------------------------------------------------------


def cors(response: TestResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("path", ["/open/1", "/guarded", "/nowhere"])
def test_preflight_is_answered_without_a_route_a_token_or_a_function(api: Api, path: str) -> None:
    """http-api-cors.html: "automatically sends a response to preflight OPTIONS requests, even if there isn't" a route."""
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    response = api.client.options(path, headers=headers)
    assert (response.status_code, response.data, api.events) == (204, b"", [])
    assert cors(response) == {
        "access-control-allow-origin": "https://app.example.com",
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-headers": "authorization",
        "access-control-max-age": "600",
    }


@pytest.mark.check("H09")
def test_foreign_origin_gets_no_cors_headers(api: Api) -> None:
    """http-api-cors.html: allowOrigins."""
    headers = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "GET"}
    assert cors(api.client.options("/open/1", headers=headers)) == {}
    assert cors(api.get("/open/1", headers=headers)) == {}


@pytest.mark.parametrize(("path", "status"), [("/open/1", 204), ("/nowhere", 404), ("/guarded", 401)])
def test_allowed_origin_gets_cors_headers_on_errors_too(api: Api, path: str, status: int) -> None:
    """http-api-cors.html: allowOrigins and exposeHeaders."""
    response = api.get(path, headers={"Origin": "http://localhost:5173"})
    assert response.status_code == status
    assert cors(response) == {
        "access-control-allow-origin": "http://localhost:5173",
        "access-control-expose-headers": "etag,link",
    }


def test_cors_headers_of_the_function_are_ignored(api: Api) -> None:
    """http-api-cors.html: "API Gateway ignores CORS headers returned from your backend integration"."""
    headers = {"Access-Control-Allow-Origin": "*", "access-control-allow-methods": "GET"}
    api.handlers["OpenFunction"] = lambda _: {"statusCode": 200, "headers": headers}
    assert cors(api.get("/open/1")) == {}


def test_template_gives_each_declared_route_once(application: Application) -> None:
    """SAM CLI adds OPTIONS to each route and spells ANY out; AWS has the declared routes only."""
    assert sorted((route.method, route.path) for route in application.routes) == [
        ("ANY", "/files/{proxy+}"),
        ("GET", "/guarded"),
        ("GET", "/guarded/other"),
        ("GET", "/open/exact"),
        ("GET", "/open/{id}"),
        ("POST", "/open"),
    ]


def test_wildcard_origins(tmp_path: Path) -> None:
    """http-api-cors.html: "*", and a scheme's wildcard such as https://*."""
    for origins, origin, answer in [
        ("*", "https://a.example", "*"),
        ("https://*", "https://a.example", "https://a.example"),
    ]:
        template = tmp_path / "template.yaml"
        template.write_text(TEMPLATE)
        api = Api(read_template(template, {"Origins": origins}, {}))
        assert cors(api.get("/open/1", headers={"Origin": origin}))["access-control-allow-origin"] == answer
