"""Sessions: logging in and out, and the devices where one is logged in."""

from tests.endpoints.members import SESSION, TOKENS, USER
from tools.in_process.api import PASSWORD
from tools.in_process.endpoints import Endpoint, Request

SESSIONS = "/api/auth/sessions"
FORM = {"content-type": "application/x-www-form-urlencoded"}
LOGIN = {"email": "{email}", "password": PASSWORD}
WRONG = {"email": "{email}", "password": "a wrong password"}
OWN = {"refresh_token": "{refresh_token}"}
KEPT = ("__Secure-lambdo-refresh={refresh_token}",)

ENDPOINTS = [
    Endpoint(
        "POST",
        "/api/auth/login",
        [
            Request("right password", 200, body=LOGIN, twice=True, example="JSON"),
            Request("right password, cold start", 200, body=LOGIN, twice=True, cold=True),
            Request(
                "form",
                200,
                raw="username={email}&password={quoted}",
                headers=FORM,
                twice=True,
                example="OAuth 2.0 form",
            ),
            Request("cookie", 200, body={**LOGIN, "cookie": True}, twice=True, example="With a cookie"),
            Request("wrong password", 401, body=WRONG, example="Wrong password"),
            Request("unknown address", 401, body={**WRONG, "email": "no.{email}"}),
        ],
        shows=TOKENS | {"user"} | USER,
        public=True,
        examples=[
            Request(
                "Too many wrong passwords",
                429,
                body=WRONG,
                settings={"LOG_IN_FAILURES_PER_ACCOUNT": "1"},
                after=(Request("", 401, body=WRONG),),
            )
        ],
    ),
    Endpoint(
        "POST",
        "/api/auth/logout",
        [
            Request("refresh token", 204, body=OWN, example="By refresh token"),
            Request("cookie", 204, body={}, cookies=KEPT),
            Request("access token", 204),
        ],
        public=True,
        idempotent=True,
    ),
    Endpoint(
        "POST",
        "/api/auth/refresh",
        [
            Request("live token", 200, body=OWN, rival=Request("", 200, body=OWN), example="New tokens"),
            Request("live token, cold start", 200, body=OWN, cold=True),
            Request("cookie", 200, body={}, cookies=KEPT),
            Request("spent token", 401, body={"refresh_token": "{spent_token}"}, example="Reused token"),
        ],
        shows=TOKENS,
        public=True,
        idempotent=True,
        examples=[
            Request(
                "Session has ended",
                401,
                body=OWN,
                after=(Request("", 204, method="POST", path="/api/auth/logout", body=OWN),),
            )
        ],
    ),
    Endpoint("GET", SESSIONS, [Request("", 200, example="Two devices")], shows=SESSION | {"items"}),
    Endpoint(
        "DELETE",
        SESSIONS,
        [
            Request("all others", 204, twice=True, rival=Request("", 204)),
            Request("all", 204, twice=True, query="include=current"),
        ],
    ),
    Endpoint(
        "DELETE",
        f"{SESSIONS}/{{session_id}}",
        [Request("", 204, again=404)],
        examples=[Request("Already logged out", 404, after=(Request("", 204),))],
    ),
]
