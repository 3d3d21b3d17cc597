"""What a person does with the API, over real HTTP; the same story runs against any deployment (LAMBDO_URL)."""

import re
import uuid
from typing import Any

import httpx
import pytest

from tests.support.http_api import PASSWORD, Account, Api, at_once
from tools.local.running import Server, until

JSON = "application/json"
GRACE = 30  # seconds in which a token that was exchanged gets the same successor
PROBLEM = "application/problem+json"


def test_tasks_are_created_listed_paged_changed_and_deleted(api: Api) -> None:
    me = api.register()
    tasks = _create_tasks(api, me, "first", "second", "third")
    listed = api.client.get("/api/me/tasks", headers=me.headers)
    assert listed.json() == {"items": tasks[::-1], "next_cursor": None}

    page = api.client.get("/api/me/tasks?limit=2", headers=me.headers)
    assert page.json()["items"] == tasks[:0:-1]
    following = httpx.URL(page.links["next"]["url"])
    assert following.params["cursor"] == page.json()["next_cursor"]
    last = api.client.get(following, headers=me.headers).json()
    assert [task["title"] for task in last["items"]] == ["first"]

    path = f"/api/me/tasks/{tasks[0]['id']}"
    changed = api.client.put(path, json={"description": "in two steps"}, headers=me.headers)
    assert (changed.json()["title"], changed.json()["description"]) == ("first", "in two steps")
    assert changed.headers["etag"] == '"v2"'
    toggled = api.client.patch(f"{path}/complete", headers=me.headers)
    assert toggled.json()["completed"] is True
    assert toggled.json()["completed_at"] is not None
    reopened = api.client.patch(f"{path}/complete", json={"completed": False}, headers=me.headers)
    assert (reopened.json()["completed"], reopened.json()["completed_at"]) == (False, None)
    stale = api.client.delete(path, headers={**me.headers, "if-match": '"v1"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"v4"')
    assert api.client.delete(path, headers=me.headers).status_code == 204
    gone = api.client.get(path, headers=me.headers)
    assert (gone.status_code, gone.headers["content-type"], gone.json()["code"]) == (404, PROBLEM, "task_not_found")


def test_deleted_tasks_lie_in_the_trash_until_they_are_restored_or_it_is_emptied(api: Api) -> None:
    me, trash = api.register(), "/api/me/tasks/trash"
    tag = api.client.post("/api/me/tags", json={"name": "Home"}, headers=me.headers).json()
    tasks = [
        api.client.post("/api/me/tasks", json={"title": title, "tag_ids": [tag["id"]]}, headers=me.headers).json()
        for title in ("first", "second", "third")
    ]
    for task in tasks:
        assert api.client.delete(f"/api/me/tasks/{task['id']}", headers=me.headers).status_code == 204
    page = api.client.get(f"{trash}?limit=2", headers=me.headers)
    assert [task["title"] for task in page.json()["items"]] == ["third", "second"]
    rest = api.client.get(httpx.URL(page.links["next"]["url"]), headers=me.headers).json()
    assert [task["title"] for task in rest["items"]] == ["first"]

    restored = api.client.post(f"{trash}/{tasks[0]['id']}/restore", headers=me.headers)
    assert (restored.status_code, restored.json()["tags"]) == (200, tasks[0]["tags"])
    assert api.client.get("/api/me/tasks", headers=me.headers).json()["items"] == [restored.json()]
    emptied = [
        api.client.delete(trash, headers={**me.headers, "idempotency-key": key} if key else me.headers)
        for key in ("one", "one", None)
    ]
    assert [answer.json() for answer in emptied] == [{"deleted": deleted, "more": False} for deleted in (2, 2, 0)]
    assert api.client.get(trash, headers=me.headers).json()["items"] == []
    assert api.client.post(f"{trash}/{tasks[1]['id']}/restore", headers=me.headers).status_code == 404


def test_tags_are_made_put_on_tasks_renamed_filtered_by_and_deleted(api: Api) -> None:
    me = api.register()
    home, work = (
        api.client.post("/api/me/tags", json={"name": name, "color": "#1E90FF"}, headers=me.headers).json()
        for name in ("Home", "Work")
    )
    taken = api.client.post("/api/me/tags", json={"name": "HOME"}, headers=me.headers)
    assert (taken.status_code, taken.headers["content-type"], taken.json()["code"]) == (
        409,
        PROBLEM,
        "tag_already_exists",
    )
    assert api.client.get("/api/me/tags", headers=me.headers).json() == {"items": [home, work]}

    body = {"title": "tagged", "tag_ids": [home["id"]]}
    task = api.client.post("/api/me/tasks", json=body, headers=me.headers).json()
    assert [tag["name"] for tag in task["tags"]] == ["Home"]
    path = f"/api/me/tasks/{task['id']}"
    linked = api.client.put(f"{path}/tags/{work['id']}", headers=me.headers)
    assert [tag["name"] for tag in linked.json()["tags"]] == ["Home", "Work"]
    renamed = api.client.patch(f"/api/me/tags/{home['id']}", json={"name": "House"}, headers=me.headers)
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("House", '"v2"')
    shown = api.client.get(path, headers=me.headers).json()
    assert [tag["name"] for tag in shown["tags"]] == ["House", "Work"]
    (other,) = _create_tasks(api, me, "untagged")
    both = f"/api/me/tasks?tag={home['id']}&tag={work['id']}"
    assert [one["id"] for one in _until_listed(api, me, both, [task["id"]])] == [task["id"]]

    assert api.client.delete(f"{path}/tags/{work['id']}", headers=me.headers).status_code == 204
    assert api.client.delete(f"/api/me/tags/{home['id']}", headers=me.headers).status_code == 204
    assert api.client.get(path, headers=me.headers).json()["tags"] == []
    assert api.client.get(f"/api/me/tasks?tag={home['id']}", headers=me.headers).json()["items"] == []
    assert api.client.get("/api/me/tags", headers=me.headers).json() == {"items": [work]}
    assert api.client.post("/api/me/tags", json={"name": "house"}, headers=me.headers).status_code == 201
    # The background work ends with a new version of the task, after its creation, a link and an unlink.
    assert until(lambda: api.client.get(path, headers=me.headers).headers["etag"] == '"v4"')
    assert api.client.get(path, headers={**me.headers, "if-none-match": '"v4"'}).status_code == 304
    assert api.client.get(f"/api/me/tasks/{other['id']}", headers=me.headers).json() == other


def test_account_is_deleted_and_its_address_registers_again(api: Api) -> None:
    me = api.register()
    tag = api.client.post("/api/me/tags", json={"name": "x"}, headers=me.headers).json()
    api.client.post("/api/me/tasks", json={"title": "x", "tag_ids": [tag["id"]]}, headers=me.headers)
    changed = api.client.patch("/api/auth/me", json={"name": "Ada", "time_zone": "Asia/Tokyo"}, headers=me.headers)
    assert (changed.json()["name"], changed.json()["time_zone"]) == ("Ada", "Asia/Tokyo")
    wrong = api.client.request("DELETE", "/api/auth/me", json={"password": "wrong"}, headers=me.headers)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    assert (
        api.client.request("DELETE", "/api/auth/me", json={"password": PASSWORD}, headers=me.headers).status_code == 202
    )
    assert _refresh(api, me.refresh_token).status_code == 401
    assert api.client.get("/api/auth/me", headers=me.headers).status_code == 404
    again = api.register(me.email)
    assert again.user_id != me.user_id
    assert api.client.get("/api/me/tasks", headers=again.headers).json()["items"] == []
    assert until(lambda: api.client.get("/api/me/tasks", headers=me.headers).json()["items"] == [])
    assert api.client.get("/api/me/tags", headers=me.headers).json()["items"] == []


def test_forgotten_password_is_reset_by_mail_and_the_address_confirmed(api: Api) -> None:
    if api.server is None:
        pytest.skip("the mails of a deployment are not ours to read")
    me = api.register()
    token = _mailed_token(api.server, me.email, "verify-email")
    assert api.client.post("/api/auth/email/verify", json={"token": token}).status_code == 204
    assert api.client.get("/api/auth/me", headers=me.headers).json()["email_verified"] is True

    assert api.client.post("/api/auth/password/forgot", json={"email": me.email}).status_code == 202
    new = {"token": _mailed_token(api.server, me.email, "reset-password"), "password": f"new {PASSWORD}"}
    assert api.client.post("/api/auth/password/reset", json=new).status_code == 204
    again = api.client.post("/api/auth/password/reset", json=new)
    assert (again.status_code, again.headers["content-type"], again.json()["code"]) == (
        400,
        PROBLEM,
        "invalid_mail_token",
    )
    assert _refresh(api, me.refresh_token).status_code == 401
    old = api.client.post("/api/auth/login", json={"email": me.email, "password": me.password})
    assert (old.status_code, old.json()["code"]) == (401, "invalid_credentials")
    assert api.log_in(me.email, new["password"]).user_id == me.user_id


@pytest.mark.check("T13")
def test_session_is_refreshed_and_ends_with_the_logout(api: Api) -> None:
    def refresh_twice() -> tuple[Account, httpx.Response, httpx.Response]:
        me = api.register()
        return me, _refresh(api, me.refresh_token), _refresh(api, me.refresh_token)  # as if the first was not answered

    me, refreshed, again = api.timely(refresh_twice, lambda began, ended: ended - began < GRACE)
    assert again.json()["refresh_token"] == refreshed.json()["refresh_token"]
    assert api.client.get("/api/auth/me", headers=_bearer(refreshed)).json()["id"] == me.user_id
    assert _log_out(api, refreshed.json()["refresh_token"]).status_code == 204
    refused = _refresh(api, refreshed.json()["refresh_token"])
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")
    assert _log_out(api, refreshed.json()["refresh_token"]).status_code == 204


@pytest.mark.check("T16")
def test_token_older_than_the_one_before_ends_the_session(api: Api) -> None:
    me = api.register()
    second = _refresh(api, me.refresh_token)
    third = _refresh(api, second.json()["refresh_token"])
    reused = _refresh(api, me.refresh_token)
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_token_reused")
    assert _refresh(api, third.json()["refresh_token"]).status_code == 401


def test_log_out_with_the_access_token_alone_ends_its_session(api: Api) -> None:
    me = api.register()
    assert api.client.post("/api/auth/logout", headers=me.headers).status_code == 204
    assert _refresh(api, me.refresh_token).status_code == 401


def test_sessions_are_listed_and_ended_one_by_one_and_all_at_once(api: Api) -> None:
    me = api.register()
    second, third = api.log_in(me.email), api.log_in(me.email)
    listed = api.client.get("/api/auth/sessions", headers=me.headers).json()["items"]
    assert [one["current"] for one in listed] == [False, False, True]
    assert {one["user_agent"] for one in listed} == {api.client.headers["user-agent"]}
    newest = f"/api/auth/sessions/{listed[0]['id']}"
    assert api.client.delete(newest, headers=me.headers).status_code == 204
    assert api.client.delete(newest, headers=me.headers).json()["code"] == "session_not_found"
    assert _refresh(api, third.refresh_token).status_code == 401
    assert api.client.delete("/api/auth/sessions", headers=me.headers).status_code == 204
    assert _refresh(api, second.refresh_token).status_code == 401
    assert _refresh(api, me.refresh_token).status_code == 200
    everywhere = api.client.delete("/api/auth/sessions?include=current", headers=me.headers)
    assert everywhere.status_code == 204
    assert _refresh(api, me.refresh_token).status_code == 401


def test_password_is_changed_and_other_sessions_end(api: Api) -> None:
    me = api.register()
    other, new = api.log_in(me.email), f"{PASSWORD}, changed"
    body = {"current_password": PASSWORD, "new_password": new}
    assert api.client.post("/api/auth/password", json=body, headers=me.headers).status_code == 204
    again = api.client.post("/api/auth/password", json=body, headers=me.headers)
    assert (again.status_code, again.json()["code"]) == (403, "wrong_password")
    assert _refresh(api, other.refresh_token).status_code == 401
    assert _refresh(api, me.refresh_token).status_code == 200
    assert api.log_in(me.email, new).user_id == me.user_id


def test_browser_keeps_its_refresh_token_in_a_cookie(api: Api) -> None:
    me = api.register()
    body = {"email": me.email, "password": PASSWORD, "cookie": True}
    login = api.client.post("/api/auth/login", json=body)
    assert "refresh_token" not in login.json()
    refreshed = api.client.post("/api/auth/refresh", json={}, headers={"cookie": _cookie(login)})
    assert api.client.get("/api/auth/me", headers=_bearer(refreshed)).json()["id"] == me.user_id
    out = api.client.post("/api/auth/logout", json={}, headers={"cookie": f"theme=dark; {_cookie(refreshed)}"})
    assert (out.status_code, _cookie(out)) == (204, "__Secure-lambdo-refresh=")
    refused = api.client.post("/api/auth/refresh", json={}, headers={"cookie": _cookie(refreshed)})
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_refresh_token")
    api.client.cookies.clear()


def test_log_in_takes_the_oauth2_form(api: Api) -> None:
    me = api.register()
    form = {"grant_type": "password", "username": me.email.upper(), "password": PASSWORD}
    answer = api.client.post("/api/auth/login", data=form)
    assert answer.json()["user"]["id"] == me.user_id
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 900


@pytest.mark.check("A01")
def test_strangers_cannot_see_change_or_tell_apart_each_others_tasks(api: Api) -> None:
    mine, stranger = api.register(), api.register()
    (task,) = _create_tasks(api, mine, "private")
    for method, body in (("GET", None), ("PUT", {"title": "x"}), ("PATCH", {"title": "x"}), ("DELETE", None)):
        foreign = f"/api/{mine.user_id}/tasks/{task['id']}"
        assert api.client.request(method, foreign, json=body, headers=stranger.headers).status_code == 403
        known, unknown = (
            api.client.request(method, f"/api/me/tasks/{task_id}", json=body, headers=stranger.headers)
            for task_id in (task["id"], task["id"][:-4] + "0000")
        )
        assert known.status_code == unknown.status_code == 404
        assert _without_request_id(known) == _without_request_id(unknown)
    assert api.client.get(f"/api/me/tasks/{task['id']}", headers=mine.headers).json() == task
    assert api.client.get("/api/me/tasks", headers=stranger.headers).json()["items"] == []


@pytest.mark.check("P08")
def test_20_registrations_of_one_address_at_once_make_1_account(api: Api) -> None:
    name = uuid.uuid4().hex
    emails = [f"{name}@example.com", f"{name.upper()}@Example.COM"] * 10
    keys = [uuid.uuid4().hex for _ in emails]  # a request that is sent again is not another one
    made = at_once(20, lambda number: _register(api, emails[number], keys[number]))
    assert sorted(one.answer.status_code for one in made) == [201] + [409] * 19


@pytest.mark.check("H10")
def test_every_answer_of_a_function_carries_security_headers_and_its_request_id(api: Api) -> None:
    me = api.register()
    for path in ("/api/health", "/api/auth/me", "/api/me/tasks", "/api/me/tasks/none", "/api/other/tasks"):
        answer = api.client.get(path, headers=me.headers)
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"]
        assert answer.headers["content-type"] == (JSON if answer.status_code == 200 else PROBLEM)
        assert answer.json().get("request_id", answer.headers["x-request-id"]) == answer.headers["x-request-id"]


def test_pages_are_served_packed_with_every_file_that_they_name(api: Api) -> None:
    for page in re.findall(r'<a href="(/[^"]+)"', api.client.get("/").text):
        text = api.client.get(page).text
        for file in [page, *re.findall(r'<(?:link|script) [^>]*(?:href|src)="(/[^"]+)"', text)]:
            answer = api.client.get(file, headers={"accept-encoding": "gzip"})
            assert answer.status_code == 200, file
            if answer.headers["content-type"].startswith("text/"):
                assert answer.headers["content-encoding"] == "gzip"
            if etag := answer.headers.get("etag"):
                assert api.client.get(file, headers={"if-none-match": etag}).status_code == 304, file


def test_no_path_below_the_pages_leads_out_of_their_files(api: Api) -> None:
    for path in ("/app/..%2fapp.py", "/app/%2e%2e/%2e%2e/template.yaml", "/docs/..%2fapp.py", "/docs/%2e%2e%2fapp.py"):
        answer = api.client.get(path)
        assert answer.status_code == 404, path
    assert api.client.head("/app").status_code == 404


def test_public_keys_are_served_and_may_be_cached(api: Api) -> None:
    answer = api.client.get("/.well-known/jwks.json")
    assert {key["crv"] for key in answer.json()["keys"]} == {"Ed25519"}
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_wrong_requests_are_refused_with_the_field_and_the_rule(api: Api) -> None:
    me = api.register()
    answer = api.client.post("/api/me/tasks", json={"title": " ", "colour": "red"}, headers=me.headers)
    assert answer.status_code == 422
    assert sorted(error["loc"] for error in answer.json()["errors"]) == [["body", "colour"], ["body", "title"]]
    malformed = api.client.post("/api/me/tasks", content="{", headers={**me.headers, "content-type": JSON})
    assert (malformed.status_code, malformed.json()["code"]) == (400, "malformed_json")
    assert api.client.get("/api/me/tasks?limit=101", headers=me.headers).status_code == 422
    assert api.client.get("/api/me/tasks?cursor=AAAA", headers=me.headers).status_code == 400
    assert api.client.get("/api/me/tasks").status_code == 401


def test_unknown_route_is_404(api: Api) -> None:
    assert api.client.get("/api/nothing-here").status_code == 404


def _create_tasks(api: Api, owner: Account, *titles: str) -> list[dict[str, Any]]:
    answers = [api.client.post("/api/me/tasks", json={"title": title}, headers=owner.headers) for title in titles]
    for answer in answers:
        assert answer.status_code == 201
        assert api.client.get(answer.headers["location"], headers=owner.headers).json() == answer.json()
    return [answer.json() for answer in answers]


def _mailed_token(server: Server, email: str, page: str) -> str:
    """Wait until the server prints the mail with a link to this page of its own app, and return the link's token."""
    address = re.escape(f"{server.url}/app/{page}#token=")
    link = re.compile(rf"^MAIL +{re.escape(email)} .*\n(?: .*\n|\n)*? *<{address}([\w-]+)>", re.MULTILINE)
    until(lambda: link.search(server.said) is not None)
    match = link.search(server.said)
    assert match is not None
    return match[1]


def _until_listed(api: Api, owner: Account, path: str, ids: list[str]) -> list[dict[str, Any]]:
    def items() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = api.client.get(path, headers=owner.headers).json()["items"]
        return found

    assert until(lambda: [item["id"] for item in items()] == ids)
    return items()


def _register(api: Api, email: str, key: str) -> httpx.Response:
    body, headers = {"email": email, "password": PASSWORD}, {"idempotency-key": key}
    return api.client.post("/api/auth/register", json=body, headers=headers)


def _refresh(api: Api, token: str) -> httpx.Response:
    return api.client.post("/api/auth/refresh", json={"refresh_token": token})


def _cookie(answer: httpx.Response) -> str:
    """Return the cookie of an answer as a browser sends it back."""
    cookie, *attributes = answer.headers["set-cookie"].split("; ")
    assert {"Path=/api/auth", "Secure", "HttpOnly", "SameSite=Strict"} < set(attributes)
    return str(cookie)


def _log_out(api: Api, token: str) -> httpx.Response:
    return api.client.post("/api/auth/logout", json={"refresh_token": token})


def _bearer(answer: httpx.Response) -> dict[str, str]:
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


def _without_request_id(answer: httpx.Response) -> str:
    return answer.text.replace(answer.headers["x-request-id"], "")
