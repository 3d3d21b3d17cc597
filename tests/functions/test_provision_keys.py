"""The custom resource that makes the keys."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from lambdo.store import key_sets, table
from tests.caller import Context, handler_of
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
        parameter = table._client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
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


def test_parameter_moved_is_a_new_resource(cloudformation: CloudFormation) -> None:
    cloudformation.ask("Create")
    moved = SIGNING.replace("test-stack", "other-stack")
    answer = cloudformation.ask("Update", signing=moved, PhysicalResourceId=SIGNING)
    assert answer["PhysicalResourceId"] == moved
    key_sets.delete(moved)
