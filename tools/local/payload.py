"""Payload format 2.0 between an HTTP API and a Lambda function: the event of a request, the response of a function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from tools.local.application import ACCOUNT

TEXT_TYPES = {"application/json", "application/xml", "application/javascript"}
API_ID = "local"


class FormatError(Exception):
    """API Gateway does not understand the function's response."""


def decode_path(request: Request) -> str:
    """Return the path percent-decoded, which is what an HTTP API routes by and calls rawPath.

    "API Gateway decodes URL-encoded request parameters before passing them": http-api-develop-routes.html. Captured
    from AWS: %2F becomes a slash (fastify/aws-lambda-fastify#169), the path ends at a decoded question mark
    (middleapi/standard-server#93).
    """
    raw: str = request.environ["PATH_INFO"]
    return raw.encode("latin-1").decode("utf-8", "replace").partition("?")[0] or "/"


def encode_body(body: bytes, mimetype: str) -> dict[str, Any]:
    """Return the event's body: text for text types, base64 for all others, forms and untyped bodies included.

    http-api-develop-integrations-lambda.html says "binary" without a list; this one was observed on AWS
    (ministackorg/ministack#766).
    """
    if not body:
        return {"isBase64Encoded": False}
    if mimetype.startswith("text/") or mimetype in TEXT_TYPES:
        return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def build_event(
    request: Request, route_key: str, path: str, parameters: dict[str, str], request_id: str
) -> dict[str, Any]:
    """Return the payload 2.0 event without body: http-api-develop-integrations-lambda.html.

    Header names are lower-cased and repeated headers joined by commas; cookies have a list of their own.
    """
    now = datetime.now(UTC)
    address = request.remote_addr or "127.0.0.1"
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = [one.strip() for one in headers.pop("cookie", "").split(";") if one.strip()]
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {address}" if forwarded else address
    headers["x-forwarded-port"] = request.environ["SERVER_PORT"]
    headers["x-forwarded-proto"] = request.scheme
    headers.setdefault("x-amzn-trace-id", f"Root=1-{int(now.timestamp()):08x}-{os.urandom(12).hex()}")
    raw_query: str = request.environ.get("QUERY_STRING", "")
    query: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    event = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": request.host,
            "domainPrefix": request.host.split(".")[0].split(":")[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": request.environ["SERVER_PROTOCOL"],
                "sourceIp": address,
                "userAgent": request.headers.get("User-Agent", ""),
            },
            "requestId": request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    optional = {"cookies": cookies, "queryStringParameters": query, "pathParameters": parameters}
    return event | {name: value for name, value in optional.items() if value}


def build_response(payload: str) -> Response:
    """Return the HTTP response for a function's response, format 2.0: http-api-develop-integrations-lambda.html.

    Without a statusCode the whole response is the body of a 200 in JSON. Raises FormatError for a malformed response.
    """
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(text, content_type="application/json")
    try:
        status = int(answer["statusCode"])
        body = answer.get("body")
        content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        if answer.get("isBase64Encoded"):
            content = base64.b64decode(content, validate=True)
        headers = Headers([(name, _format_header(value)) for name, value in (answer.get("headers") or {}).items()])
        for cookie in answer.get("cookies") or []:
            headers.add("set-cookie", cookie)
    except (ValueError, TypeError, AttributeError):
        raise FormatError from None
    if not 100 <= status <= 599:
        raise FormatError
    if content and "content-type" not in headers:
        headers["content-type"] = "text/plain;charset=utf-8"
    response = Response(content, status=status, headers=headers)
    if "content-type" not in headers:
        del response.headers["content-type"]
    return response


def _format_header(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
