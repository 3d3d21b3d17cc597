"""Each function runs on the variables that template.yaml gives it, and on no other's."""

import os
from collections.abc import Callable

from lambdo.base.settings import Settings
from tests.endpoints import ENDPOINTS
from tests.support.mailbox import Post
from tests.support.routes import among
from tools.in_process.api import PASSWORD, Api, Caller
from tools.in_process.endpoints import Endpoint
from tools.in_process.stream import Stream
from tools.in_process.world import World

NAMES = {name.upper() for name in vars(Settings) if not name.startswith("_")}


def test_settings_are_what_the_template_declares(api: Api) -> None:
    declared = {name for function in api.application.functions.values() for name in function.environment}
    of_powertools = "POWERTOOLS_LOG_LEVEL"  # which Powertools reads itself
    assert {name for name in declared - {of_powertools} if not name.startswith(("AWS_", "_"))} == NAMES


@among(ENDPOINTS)
def test_endpoint_runs_on_its_own_variables(
    world: World, setting: Callable[..., None], api: Api, endpoint: Endpoint
) -> None:
    function = api.application.functions[api.route(endpoint.method, world.path(endpoint.good))[0].function]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    assert not (NAMES - function.environment.keys()) & os.environ.keys()
    for request in endpoint.requests:
        if request.status < 300:
            world.restore()
            assert world.send(request).status == request.status


def test_stream_function_runs_on_its_own_variables(user: Caller, setting: Callable[..., None], stream: Stream) -> None:
    tag = user.create_tag()
    user.create_task(tag_ids=[tag["id"]])
    user.call("DELETE", f"tags/{tag['id']}")
    functions = user.api.application.functions.values()
    (function,) = [one for one in functions if one.handler.startswith("finish_deletions.")]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    stream.drain()


def test_function_that_sends_mails_runs_on_its_own_variables(
    user: Caller, setting: Callable[..., None], post: Post
) -> None:
    (function,) = [one for one in user.api.application.functions.values() if one.handler.startswith("send_mail.")]
    setting(**dict.fromkeys(NAMES - function.environment.keys() & NAMES))
    assert user.email in {mail.recipient for mail in post.deliver()}


def test_authorizer_runs_on_its_own_variables(user: Caller, setting: Callable[..., None]) -> None:
    (authorizer,) = [one for one in user.api.application.functions.values() if one.handler.startswith("authorizer.")]
    setting(**dict.fromkeys(NAMES - authorizer.environment.keys() & NAMES))
    assert user.api.authorize(f"Bearer {user.access_token}")["user_id"] == user.id


def test_missing_variable_is_a_500_that_does_not_name_it(user: Caller, setting: Callable[..., None]) -> None:
    user.create_task()
    user.create_task()
    setting(CURSOR_KEYS_PARAMETER=None)
    answer = user.call("GET", "tasks", query="limit=1")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert "CURSOR_KEYS_PARAMETER" not in answer.text
    assert "environment variable CURSOR_KEYS_PARAMETER is not set" in answer.log


def test_missing_key_set_is_a_500_that_does_not_name_it(user: Caller, setting: Callable[..., None]) -> None:
    setting(SIGNING_KEYS_PARAMETER="/lambdo/nowhere/signing-keys")
    answer = user.api.call("POST", "/api/auth/login", {"email": user.email, "password": PASSWORD})
    assert answer.status == 500
    assert "nowhere" not in answer.text
    assert "the key set /lambdo/nowhere/signing-keys does not exist" in answer.log
