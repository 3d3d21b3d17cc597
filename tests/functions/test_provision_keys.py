"""The custom resource that makes the keys."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from lambdo.table import aws, key_sets
from tools.in_process.api import Context, handler_of
from tools.in_process.network import APPLIED_CRASH, CRASH, LOST, PASS, READ_TIMEOUT, Crash, Fault, Network, error
from tools.local.application import Application

SIGNING, CURSORS = "/lambdo/test-stack/signing-keys", "/lambdo/test-stack/cursor-keys"


class CloudFormation:
    """The presigned address that a custom resource answers to."""

    def __init__(self) -> None:
        self.answers: list[tuple[dict[str, str], dict[str, Any]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.answers.append((headers, body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Stay silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def ask(self, kind: str, version: Any = 1, signing: str = SIGNING, **more: str) -> dict[str, Any]:
        """Send a request to the function and return what it told CloudFormation."""
        event = {
            "RequestType": kind,
            "ResponseURL": f"http://127.0.0.1:{self.server.server_port}/answer?X-Amz-Signature=x",
            "StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/test-stack/1",
            "RequestId": "8f2d8a5e-0000-4000-8000-000000000000",
            "LogicalResourceId": "SigningKeys",
            "ResourceType": "Custom::SigningKeys",
            "ResourceProperties": {
                "ServiceToken": "arn:aws:lambda:eu-central-1:123456789012:function:provision",
                "KeyVersion": str(version),
                "SigningKeysParameter": signing,
                "CursorKeysParameter": CURSORS,
            },
            **more,
        }
        handler_of("provision_keys")(event, Context())
        headers, answer = self.answers[-1]
        assert headers["content-type"] == ""
        assert {name: answer[name] for name in ("StackId", "RequestId", "LogicalResourceId")} == {
            name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")
        }
        return answer


@pytest.fixture
def cloudformation(application: Application) -> Iterator[CloudFormation]:
    stack = CloudFormation()
    yield stack
    stack.server.shutdown()
    stack.thread.join()
    stack.server.server_close()
    key_sets.delete(SIGNING)
    key_sets.delete(CURSORS)


def kids(answer: dict[str, Any]) -> list[str]:
    return [key["kid"] for key in json.loads(answer["Data"]["Jwks"])["keys"]]


def test_create_makes_both_sets_and_gives_out_public_halves_only(cloudformation: CloudFormation) -> None:
    answer = cloudformation.ask("Create")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", SIGNING)
    assert kids(answer) == [answer["Data"]["KeyId"]]
    (signing,), (cursor,) = key_sets.get(SIGNING), key_sets.get(CURSORS)
    assert signing["id"] == answer["Data"]["KeyId"]
    assert signing["secret"] != cursor["secret"]
    assert signing["secret"] not in str(answer)
    assert cursor["secret"] not in str(answer)


@pytest.mark.check("I02")
def test_secrets_are_encrypted_parameters(cloudformation: CloudFormation) -> None:
    cloudformation.ask("Create")
    for name in (SIGNING, CURSORS):
        parameter = aws.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
        assert parameter["Type"] == "SecureString"


def test_create_sent_twice_changes_nothing(cloudformation: CloudFormation) -> None:
    assert cloudformation.ask("Create") == cloudformation.ask("Create")


def test_raised_version_adds_a_key_and_keeps_the_newest_two(cloudformation: CloudFormation) -> None:
    first = cloudformation.ask("Create")
    second = cloudformation.ask("Update", 2, PhysicalResourceId=SIGNING)
    third = cloudformation.ask("Update", 3, PhysicalResourceId=SIGNING)
    assert kids(second) == [second["Data"]["KeyId"], first["Data"]["KeyId"]]
    assert kids(third) == [third["Data"]["KeyId"], second["Data"]["KeyId"]]
    assert [key["version"] for key in key_sets.get(CURSORS)] == [3, 2]


def test_version_rolled_back_signs_with_the_kept_key_again(cloudformation: CloudFormation) -> None:
    first = cloudformation.ask("Create")
    second = cloudformation.ask("Update", 2)
    back = cloudformation.ask("Update", 1)
    assert back["Data"] == {"Jwks": second["Data"]["Jwks"], "KeyId": first["Data"]["KeyId"]}


def test_delete_removes_both_sets_and_may_be_repeated(cloudformation: CloudFormation) -> None:
    cloudformation.ask("Create")
    for _ in range(2):
        answer = cloudformation.ask("Delete", PhysicalResourceId=SIGNING)
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", SIGNING)
    assert (key_sets.get(SIGNING), key_sets.get(CURSORS)) == ([], [])


def test_failure_is_told_with_its_kind_and_log_stream_only(cloudformation: CloudFormation) -> None:
    answer = cloudformation.ask("Create", "not a number")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", SIGNING)
    assert answer["Reason"] == f"ValueError; see log stream {Context().log_stream_name}"
    assert "Data" not in answer


# What the deployment asks for first and then, and the calls that each makes.
ASKED: dict[str, tuple[tuple[str, int], list[str]]] = {
    "made": (("Create", 1), ["GetParameter", "PutParameter"] * 2),
    "rotated": (("Update", 2), ["GetParameter", "PutParameter"] * 2),
    "deleted": (("Delete", 2), ["DeleteParameter"] * 2),
}
STEPS = [(what, step) for what, (_, calls) in ASKED.items() for step in range(len(calls))]
PASSING: dict[str, list[Fault]] = {
    "throttled": [error("ThrottlingException")] * 2,
    "internal": [error("InternalServerError", 500)] * 2,
    "no answer": [READ_TIMEOUT] * 2,
    "applied and sent again": [LOST] * 2,
    "concurrent updates": [error("TooManyUpdates")] * 3,
}


def versions() -> list[list[int]]:
    return [[key["version"] for key in key_sets.get(name)] for name in (SIGNING, CURSORS)]


def assert_done(cloudformation: CloudFormation, what: str, answer: dict[str, Any]) -> None:
    """Check that the keys are as they were asked for, and that CloudFormation was told the ones that stand."""
    assert answer["Status"] == "SUCCESS"
    assert versions() == {"made": [[1], [1]], "rotated": [[2, 1], [2, 1]], "deleted": [[], []]}[what]
    if what != "deleted":
        assert kids(answer) == [key["id"] for key in key_sets.get(SIGNING)]
        assert answer["Data"]["KeyId"] == kids(answer)[0]


def prepare(cloudformation: CloudFormation, what: str) -> None:
    if what != "made":
        cloudformation.ask("Create")


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize(("what", "step"), STEPS)
def test_passing_fault_of_any_call_is_not_noticed(
    cloudformation: CloudFormation, ssm: Network, what: str, step: int, fault: str
) -> None:
    prepare(cloudformation, what)
    ssm.plan = [*[PASS] * step, *PASSING[fault]]
    assert_done(cloudformation, what, cloudformation.ask(*ASKED[what][0]))


@pytest.mark.parametrize(
    "fault",
    [error("ThrottlingException"), READ_TIMEOUT, error("TooManyUpdates")],
    ids=["throttled", "read timeout", "too many updates"],
)
@pytest.mark.parametrize(("what", "step"), STEPS)
def test_lasting_fault_of_any_call_is_told_and_asking_again_makes_the_same_keys(
    cloudformation: CloudFormation, ssm: Network, what: str, step: int, fault: Fault
) -> None:
    prepare(cloudformation, what)
    ssm.plan = [*[PASS] * step, *[fault] * 4]
    answer = cloudformation.ask(*ASKED[what][0])
    ssm.plan = []
    assert (answer["Status"], answer["Reason"].split(";")[0]) == ("FAILED", "ServiceUnavailable")
    before = key_sets.get(SIGNING)
    assert_done(cloudformation, what, cloudformation.ask(*ASKED[what][0]))
    if step > 1:  # the signing keys were done
        assert key_sets.get(SIGNING) == before


@pytest.mark.parametrize("crash", [CRASH, APPLIED_CRASH], ids=["before a call", "after a call"])
@pytest.mark.parametrize(("what", "step"), STEPS)
def test_crash_at_any_call_tells_nothing_and_the_event_that_lambda_repeats_is_met(
    cloudformation: CloudFormation, ssm: Network, what: str, step: int, crash: Fault
) -> None:
    prepare(cloudformation, what)
    told = len(cloudformation.answers)
    ssm.plan = [*[PASS] * step, crash]
    with pytest.raises(Crash):
        cloudformation.ask(*ASKED[what][0])
    ssm.restart()
    assert len(cloudformation.answers) == told
    assert_done(cloudformation, what, cloudformation.ask(*ASKED[what][0]))


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidKeyId", "ParameterMaxVersionLimitExceeded"])
def test_fault_of_the_deployment_is_told_at_once(cloudformation: CloudFormation, ssm: Network, code: str) -> None:
    ssm.plan = [PASS, error(code)]
    answer = cloudformation.ask("Create")
    assert answer["Status"] == "FAILED"
    assert ssm.sent == ["GetParameter", "PutParameter"]
    assert versions() == [[], []]


def test_time_that_is_up_is_told_while_there_is_enough_for_the_answer(
    cloudformation: CloudFormation, ssm: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 30.0

    def pass_() -> None:
        nonlocal left
        left = 15.4

    monkeypatch.setattr(Context, "get_remaining_time_in_millis", lambda _: int(left * 1000))
    ssm.plan = [pass_]
    answer = cloudformation.ask("Create")
    assert (answer["Status"], answer["Reason"].split(";")[0]) == ("FAILED", "ServiceUnavailable")
    assert ssm.sent == ["GetParameter"]
    left = 30.0
    assert_done(cloudformation, "made", cloudformation.ask("Create"))


def test_address_of_cloudformation_that_does_not_answer_fails_the_run_so_that_lambda_repeats_it(
    cloudformation: CloudFormation,
) -> None:
    with pytest.raises(OSError, match="refused"):
        cloudformation.ask("Create", ResponseURL="http://127.0.0.1:9/answer")
    assert_done(cloudformation, "made", cloudformation.ask("Create"))


def test_parameter_moved_is_a_new_resource(cloudformation: CloudFormation) -> None:
    cloudformation.ask("Create")
    moved = SIGNING.replace("test-stack", "other-stack")
    answer = cloudformation.ask("Update", signing=moved, PhysicalResourceId=SIGNING)
    assert answer["PhysicalResourceId"] == moved
    key_sets.delete(moved)
