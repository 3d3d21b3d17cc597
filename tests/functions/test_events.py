"""What the endpoints say happened: each event in the line of the request that made it happen, and no line elsewhere."""

import json
from collections.abc import Callable

import pytest

from lambdo.base import events
from lambdo.sessions import refresh_tokens
from lambdo.table import calls as table
from lambdo.table import keys
from lambdo.users import throttles
from tools.in_process.api import PASSWORD, Answer, Api, Caller
from tools.in_process.mail_tokens import issue

type Story = Callable[[Api, Caller], Answer]

AUTH = "/api/auth"


def _registers(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/register", {"email": f"again.{user.email}", "password": PASSWORD})


def _logs_in(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/login", {"email": user.email, "password": PASSWORD})


def _logs_in_wrongly(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/login", {"email": user.email, "password": "wrong"})


def _logs_out(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/logout", {"refresh_token": user.refresh_token})


def _logs_out_by_bearer(api: Api, user: Caller) -> Answer:
    return user.call("POST", f"{AUTH}/logout")


def _reuses(api: Api, user: Caller) -> Answer:
    token = user.refresh_token
    for _ in range(2):
        token = api.call("POST", f"{AUTH}/refresh", {"refresh_token": token}).json["refresh_token"]
    return api.call("POST", f"{AUTH}/refresh", {"refresh_token": user.refresh_token})


def _ends_a_session(api: Api, user: Caller) -> Answer:
    session_id = refresh_tokens.parse(api.log_in(user.email).refresh_token).session_id
    return user.call("DELETE", f"{AUTH}/sessions/{session_id}")


def _ends_sessions(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", f"{AUTH}/sessions")


def _changes_the_password(api: Api, user: Caller) -> Answer:
    return user.call("POST", f"{AUTH}/password", {"current_password": PASSWORD, "new_password": f"{PASSWORD}!"})


def _changes_the_password_wrongly(api: Api, user: Caller) -> Answer:
    return user.call("POST", f"{AUTH}/password", {"current_password": "wrong", "new_password": f"{PASSWORD}!"})


def _deletes_the_account(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", f"{AUTH}/me", {"password": PASSWORD})


def _deletes_the_account_wrongly(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", f"{AUTH}/me", {"password": "wrong"})


def _looks_at_anothers(api: Api, user: Caller) -> Answer:
    return user.call("GET", f"/api/{api.sign_up().id}/tasks")


def _creates(api: Api, user: Caller) -> Answer:
    return user.call("POST", "tasks", {"title": "x"})


def _completes(api: Api, user: Caller) -> Answer:
    return user.call("PATCH", f"tasks/{user.create_task()['id']}/complete")


def _completes_by_update(api: Api, user: Caller) -> Answer:
    return user.call("PUT", f"tasks/{user.create_task()['id']}", {"completed": True, "title": "y"})


def _deletes(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", f"tasks/{user.create_task()['id']}")


def _restores(api: Api, user: Caller) -> Answer:
    task = user.create_task()
    user.call("DELETE", f"tasks/{task['id']}")
    return user.call("POST", f"tasks/trash/{task['id']}/restore")


def _empties_the_trash(api: Api, user: Caller) -> Answer:
    _deletes(api, user)
    return user.call("DELETE", "tasks/trash")


def _is_asked_for_the_password_too_often(api: Api, user: Caller) -> Answer:
    throttle = throttles.password_checks(user.id)
    _, start = throttles._window(throttle)
    key = {"pk": keys.throttle(throttle.name, throttle.who), "sk": keys.window(start)}
    table.put({**key, "expires_at": start + throttle.seconds, **throttle.quotas})
    return _deletes_the_account(api, user)


def _forgets_the_password(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/password/forgot", {"email": user.email})


def _resets_the_password(api: Api, user: Caller) -> Answer:
    body = {"token": issue(user, "reset_password"), "password": f"new {PASSWORD}"}
    return api.call("POST", f"{AUTH}/password/reset", body)


def _asks_for_verification(api: Api, user: Caller) -> Answer:
    return user.call("POST", f"{AUTH}/email/resend")


def _verifies(api: Api, user: Caller) -> Answer:
    return api.call("POST", f"{AUTH}/email/verify", {"token": issue(user, "verify_email")})


def _changes_many(api: Api, user: Caller) -> Answer:
    operations = [{"op": "create", "task": {"title": "x"}}] * 2
    return user.call("POST", "tasks/bulk", {"operations": operations})


STORIES: list[tuple[Story, events.Event]] = [
    (_registers, "account_registered"),
    (_logs_in, "logged_in"),
    (_logs_in_wrongly, "log_in_failed"),
    (_logs_out, "logged_out"),
    (_logs_out_by_bearer, "logged_out"),
    (_reuses, "token_reused"),
    (_ends_a_session, "session_ended"),
    (_ends_sessions, "sessions_ended"),
    (_changes_the_password, "password_changed"),
    (_changes_the_password_wrongly, "wrong_password"),
    (_deletes_the_account, "account_deleted"),
    (_deletes_the_account_wrongly, "wrong_password"),
    (_is_asked_for_the_password_too_often, "throttled"),
    (_looks_at_anothers, "access_denied"),
    (_forgets_the_password, "password_reset_requested"),
    (_resets_the_password, "password_reset"),
    (_asks_for_verification, "verification_requested"),
    (_verifies, "email_verified"),
    (_creates, "task_created"),
    (_completes, "task_completed"),
    (_completes_by_update, "task_completed"),
    (_deletes, "task_deleted"),
    (_changes_many, "tasks_changed"),
    (_restores, "task_restored"),
    (_empties_the_trash, "trash_emptied"),
]


def _reopens(api: Api, user: Caller) -> Answer:
    return user.call("PATCH", f"tasks/{user.create_task(completed=True)['id']}/complete")


def _completes_what_is_completed(api: Api, user: Caller) -> Answer:
    return user.call("PATCH", f"tasks/{user.create_task(completed=True)['id']}/complete", {"completed": True})


def _deletes_nothing(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", "tasks/01a1fd29-7777-7777-8777-777777777777")


def _empties_nothing(api: Api, user: Caller) -> Answer:
    return user.call("DELETE", "tasks/trash")


def _logs_out_again(api: Api, user: Caller) -> Answer:
    _logs_out(api, user)
    return _logs_out(api, user)


UNEVENTFUL: list[Story] = [_reopens, _completes_what_is_completed, _deletes_nothing, _empties_nothing, _logs_out_again]


@pytest.mark.check("T16", "I05")
@pytest.mark.parametrize(("story", "event"), STORIES)
def test_request_logs_its_event_and_whose_account_it_was(
    api: Api, user: Caller, story: Story, event: events.Event
) -> None:
    answer = story(api, user)
    logged = json.loads(answer.log)
    assert (logged["event"], logged["request_id"]) == (event, answer.headers["x-request-id"])
    if event == "password_reset_requested":  # of an address: whose it is, only send_mail looks up
        assert "user_id" not in logged
    else:
        assert logged["user_id"] == (answer.json["id"] if event == "account_registered" else user.id)
    assert user.email not in answer.log
    assert len(answer.log.encode()) <= 512


def test_failed_log_in_to_no_account_names_nobody(api: Api) -> None:
    answer = api.call("POST", f"{AUTH}/login", {"email": "nobody@example.com", "password": PASSWORD})
    logged = json.loads(answer.log)
    assert logged["event"] == "log_in_failed"
    assert "user_id" not in logged
    assert "nobody" not in answer.log


@pytest.mark.parametrize("story", UNEVENTFUL)
def test_request_that_changed_nothing_of_note_logs_no_event(api: Api, user: Caller, story: Story) -> None:
    assert "event" not in json.loads(story(api, user).log)


def test_every_event_has_its_story() -> None:
    of_the_stream = {"mail_sent", "mail_refused"}  # tests/functions/test_send_mail.py
    assert {event for _, event in STORIES} | of_the_stream == set(events.Event.__value__.__args__)
