"""What `make rehearse` is made of: its verdict, its commands, the routes that it reads, and what it looks for afterwards."""

import copy
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.exceptions import WaiterError
from samcli.yamlhelper import yaml_parse

from tools.local.backend import start_backend, stop_backend, wait_until_ready
from tools.local.options import ROOT
from tools.local.running import ended, until
from tools.rehearse import account, routes
from tools.rehearse.__main__ import main
from tools.rehearse.account import Clients
from tools.rehearse.commands import Shell, StepError, step
from tools.rehearse.rehearsal import adapt_to_ministack, check_that_nothing_is_left, write_second_version

NAMES = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "Table": "lambdo-Table-1",
    "GetTaskFunction.Arn": "arn:aws:lambda:us-east-1:0:function:get-task",
}


@pytest.fixture(scope="module")
def open_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """An account of all services that enforces nothing."""
    state = tmp_path_factory.mktemp("state")
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        backend = start_backend(ROOT, state, lock.fileno(), {})
        try:
            wait_until_ready(backend)
            yield account.make_clients(backend.url)
        finally:
            stop_backend(backend)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"Ref": "Table"}, "lambdo-Table-1"),
        ({"Fn::GetAtt": ["GetTaskFunction", "Arn"]}, NAMES["GetTaskFunction.Arn"]),
        ({"Fn::Sub": "arn:${AWS::Partition}:${GetTaskFunction.Arn}/x"}, f"arn:aws:{NAMES['GetTaskFunction.Arn']}/x"),
        ({"Fn::Sub": ["${AWS::Region}/${Own}", {"Own": {"Ref": "Table"}}]}, "us-east-1/lambdo-Table-1"),
    ],
)
def test_values_are_resolved_as_by_cloudformation(value: object, text: str) -> None:
    assert routes.resolve(value, NAMES) == text


def test_unknown_name_is_no_empty_text() -> None:
    with pytest.raises(KeyError, match="Nobody"):
        routes.resolve({"Fn::Sub": "arn:${Nobody.Arn}"}, NAMES)


def test_function_that_is_not_known_is_refused() -> None:
    with pytest.raises(StepError, match="cannot be resolved"):
        routes.resolve({"Fn::If": ["IsProd", "a", "b"]}, NAMES)


@pytest.mark.parametrize("operation", [{}, {"security": []}, {"security": [{"NONE": []}]}])
def test_route_without_a_guard_is_made_without_one(operation: dict[str, object]) -> None:
    assert routes.build_authorization(operation, {"TokenAuthorizer": "a1"}) == {"AuthorizationType": "NONE"}


def test_guarded_route_is_made_with_its_guard() -> None:
    made = routes.build_authorization({"security": [{"TokenAuthorizer": []}]}, {"TokenAuthorizer": "a1", "Other": "a2"})
    assert made == {"AuthorizationType": "CUSTOM", "AuthorizerId": "a1"}


def test_cors_takes_one_origin_several_and_a_list() -> None:
    extension = {"allowOrigins": "https://a.example,https://b.example", "allowMethods": ["GET", "PUT"], "maxAge": 60}
    assert routes.build_cors(extension) == {
        "AllowOrigins": ["https://a.example", "https://b.example"],
        "AllowMethods": ["GET", "PUT"],
        "MaxAge": 60,
    }


def test_account_that_lets_everybody_in_is_refused(open_account: Clients) -> None:
    with pytest.raises(StepError, match="IAM is not enforced"):
        account.check_that_policies_bite(open_account)


def test_what_a_stack_left_behind_is_found_and_named(open_account: Clients) -> None:
    before = account.list_inventory(open_account)
    check_that_nothing_is_left(before, account.list_inventory(open_account))
    open_account("sqs").create_queue(QueueName="forgotten")
    open_account("ssm").put_parameter(Name="/forgotten", Value="x", Type="String")
    with pytest.raises(StepError, match=r"sqs http\S+/forgotten\nssm /forgotten$"):
        check_that_nothing_is_left(before, account.list_inventory(open_account))


def test_resource_that_could_not_be_made_is_named_with_the_reason(open_account: Clients) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://s3.amazonaws.com/no/where"}}
    body = json.dumps({"Resources": {"Fine": {"Type": "AWS::SQS::Queue"}, "Broken": nested}})
    cloudformation = open_account("cloudformation")
    cloudformation.create_stack(StackName="broken", TemplateBody=body, OnFailure="DO_NOTHING")
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(StackName="broken", WaiterConfig={"Delay": 1})
    assert "CREATE_FAILED Broken" in [line.split(":")[0] for line in account.list_failed_resources(open_account)]


def test_lines_are_saved_by_function_however_many_calls_wrote_them(open_account: Clients, tmp_path: Path) -> None:
    logs = open_account("logs")
    shared = "/aws/cloudformation/rehearsal/FunctionsLogGroup"
    talks = [f"2026/11/21/Talks-1[1][{number:032x}]" for number in range(101)]
    for group, streams in {
        shared: [*talks, "2026/11/21/Silent-1[1][0]"],
        "/aws/lambda/alone": ["2026/11/21/[1]0"],
    }.items():
        logs.create_log_group(logGroupName=group)
        for stream in streams:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            if "Silent" not in stream:
                line = {"timestamp": 1_795_262_850_250, "message": f"of {stream}"}
                logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[line])
    account.save_function_logs(open_account, tmp_path)
    saved = {
        path.name: [line.split(" of ")[1] for line in path.read_text().splitlines()] for path in tmp_path.iterdir()
    }
    assert saved == {"Talks-1.log": talks, "alone.log": ["2026/11/21/[1]0"]}


def test_template_is_expanded_by_its_release_and_without_the_nested_stack() -> None:
    built = yaml_parse((ROOT / "template.yaml").read_text())
    adapted = adapt_to_ministack(copy.deepcopy(built), 2)
    assert adapted["Parameters"]["Release"]["Default"] == "0000000002"
    assert built["Resources"].keys() - adapted["Resources"].keys() == {"Operations"}
    assert not re.search(r"\bOperations\b", json.dumps(adapted["Resources"]) + json.dumps(adapted["Outputs"]))


def test_second_version_answers_although_the_first_was_compiled(tmp_path: Path) -> None:
    source = tmp_path / "app.py"
    source.write_text('def handler(event, context):\n    return {"statusCode": 200, "headers": {"a": "b"}}\n')
    compiled = tmp_path / "__pycache__" / f"app.{sys.implementation.cache_tag}.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"the first version")
    write_second_version(tmp_path)
    assert not compiled.exists()
    program: dict[str, Callable[..., object]] = {}
    exec(source.read_text(), program)
    assert program["handler"]({}, None) == {"statusCode": 200, "headers": {"a": "b", "x-version": "2"}}


def test_command_that_fails_shows_how_its_log_ends(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"PATH": os.defpath}, tmp_path)
    with pytest.raises(StepError, match=r"ended with 3:\n(\d+\n){39}reason$"):
        shell.run("step", "sh", "-c", "seq 100; echo $WHY >&2; exit 3", WHY="reason")


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let SIGINT raise KeyboardInterrupt, however the tests were started."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def waits_for_its_child() -> bool:
    """Tell whether the main thread does."""
    (main,) = [frame for ident, frame in sys._current_frames().items() if ident == threading.main_thread().ident]
    return any(frame.f_code is subprocess.Popen.wait.__code__ for frame, _ in traceback.walk_stack(main))


@pytest.mark.usefixtures("_interruptible")
def test_interrupted_command_ends_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"

    def interrupt() -> None:
        until(lambda: started.exists() and started.read_text().endswith("\n") and waits_for_its_child())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        Shell(tmp_path, {"PATH": os.defpath}, tmp_path).run(
            "step", "sh", "-c", f"sleep 1000 & echo $! >{started}; wait"
        )
    assert ended([int(started.read_text())])


def test_step_says_how_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    with step("one"):
        pass
    with pytest.raises(StepError), step("two"):
        raise StepError("no")
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [["one", "ok"], ["two", "FAILED"]]


@pytest.mark.parametrize(
    ("raised", "code", "verdict"),
    [
        (StepError("a route is missing"), 1, r"a route is missing\nREHEARSAL FAILED after \d+ s; logs in .*/logs\.\n$"),
        (KeyError("surprise"), 1, r"KeyError: 'surprise'\n\nREHEARSAL FAILED after \d+ s; logs in .*/logs\.\n$"),
        (KeyboardInterrupt(), 130, r"^Rehearsal interrupted; nothing is left running\.\n$"),
    ],
)
def test_rehearsal_that_fails_says_so_last_and_keeps_its_logs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, verdict: str
) -> None:
    def steps(folder: Path, lock: int) -> None:
        (folder / "build").mkdir()
        (folder / "logs" / "suite.log").write_text("why")
        raise raised

    assert main(tmp_path / "rehearsal", steps) == code
    assert re.search(verdict, capsys.readouterr().err)
    assert not (tmp_path / "rehearsal" / "build").exists()
    assert (tmp_path / "rehearsal" / "logs" / "suite.log").read_text() == "why"


def test_rehearsal_that_passes_says_so_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def steps(folder: Path, lock: int) -> None:
        (folder / "logs" / "suite.log").write_text("12 passed")

    assert main(tmp_path / "rehearsal", steps) == 0
    assert re.search(r"\nREHEARSAL PASSED in \d+ s\.\n$", capsys.readouterr().out)
    assert not (tmp_path / "rehearsal").exists()
