"""Accounts: the user, the password, the address and what is mailed about them."""

from tests.endpoints.members import USER
from tools.in_process.api import PASSWORD
from tools.in_process.endpoints import Endpoint, Request

ME = "/api/auth/me"
NEW_PASSWORD = "another good passphrase"
WRONG_PASSWORD = "a wrong password"
V1 = {"if-match": '"v1"'}
RENAME = Request("", 200, method="PATCH", path=ME, body={"name": "Rival"})
END_OTHERS = Request("", 204, method="DELETE", path="/api/auth/sessions")
REGISTERED = {"email": "new.{email}", "password": PASSWORD, "name": "Grace"}
CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
RESET = {"token": "{reset_password}", "password": NEW_PASSWORD}
DELETED = Request("", 202, method="DELETE", path=ME, body={"password": PASSWORD})

ENDPOINTS = [
    Endpoint("POST", "/api/auth/email/resend", [Request("", 202)]),
    Endpoint(
        "POST",
        "/api/auth/email/verify",
        [
            Request("good token", 204, body={"token": "{verify_email}"}, example="Token from the email"),
            Request("another's token", 400, body={"token": "{reset_password}"}, example="Invalid link"),
        ],
        public=True,
        idempotent=True,
    ),
    Endpoint(
        "GET",
        ME,
        [Request("", 200, example="The user")],
        shows=USER,
        examples=[Request("Account deleted", 404, after=(DELETED,))],
    ),
    Endpoint(
        "PATCH",
        ME,
        [
            Request(
                "name",
                200,
                body={"name": "Grace"},
                rival=Request("", 200, body={"time_zone": "Asia/Tokyo"}),
                example="A name",
            ),
            Request(
                "time zone, If-Match",
                200,
                body={"time_zone": "Europe/Prague"},
                headers=V1,
                again=412,
                rival=RENAME,
                overtaken=412,
                example="A time zone",
            ),
            Request("nothing new", 200, body={"time_zone": "UTC"}),
        ],
        shows=USER,
    ),
    Endpoint(
        "DELETE",
        ME,
        [
            Request(
                "right password",
                202,
                body={"password": PASSWORD},
                again=404,
                rival=RENAME,
                example="The right password",
            ),
            Request("wrong password", 403, body={"password": WRONG_PASSWORD}, example="Wrong password"),
        ],
    ),
    Endpoint(
        "POST",
        "/api/auth/password",
        [
            Request("right password", 204, body=CHANGE, again=403, rival=END_OTHERS, example="A new password"),
            Request("wrong password", 403, body={**CHANGE, "current_password": NEW_PASSWORD}),
        ],
    ),
    Endpoint(
        "POST",
        "/api/auth/password/forgot",
        [
            Request("known address", 202, body={"email": "{email}"}, example="Any address"),
            Request("unknown address", 202, body={"email": "no.{email}"}),
        ],
        public=True,
        examples=[Request("Emails are off", 503, body={"email": "{email}"}, settings={"MAIL": "off"})],
    ),
    Endpoint(
        "POST",
        "/api/auth/password/reset",
        [
            Request(
                "good token",
                204,
                body=RESET,
                again=400,
                rival=END_OTHERS,
                overtaken=400,
                example="Token from the email",
            ),
            Request("another's token", 400, body={**RESET, "token": "{verify_email}"}),
        ],
        public=True,
    ),
    Endpoint(
        "POST",
        "/api/auth/register",
        [
            Request(
                "new address",
                201,
                body=REGISTERED,
                again=409,
                rival=Request("", 201, body=REGISTERED),
                overtaken=409,
                example="A new account",
            ),
            Request(
                "taken address", 409, body={"email": "{email}", "password": PASSWORD}, example="Address already in use"
            ),
        ],
        shows=USER,
        public=True,
    ),
]
