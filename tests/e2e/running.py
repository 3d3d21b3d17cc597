"""A local server as a subprocess, and a small project for it to serve."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # a bound on hanging, not a measurement

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Parameters:
  AppUrl: {Type: String, Default: ""}
Globals:
  Function:
    Runtime: python3.13
    CodeUri: functions/
    Timeout: 60
    Layers: [!Ref CommonLayer]
    Environment: {Variables: {TABLE_NAME: !Ref Table}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Token
        Authorizers:
          Token:
            FunctionArn: !GetAtt AuthorizerFunction.Arn
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 300}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires_at, Enabled: true}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  CommonLayer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/common/}
  AuthorizerFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: authorizer.app.handler}
  GreetFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: greet.app.handler
      Events:
        Public: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /greet, Auth: {Authorizer: NONE}}}
        Guarded: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /guarded}}
  CountFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: count.app.handler
      Events:
        Public: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /count, Auth: {Authorizer: NONE}}}
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: work.app.handler}
  WorkStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref WorkFunction
      EventSourceArn: !GetAtt Table.StreamArn
      StartingPosition: TRIM_HORIZON
      FunctionResponseTypes: [ReportBatchItemFailures]
      FilterCriteria:
        Filters: [{Pattern: '{"dynamodb": {"NewImage": {"todo": {"S": [{"exists": true}]}}}}'}]
"""
GREET = """\
import words

def handler(event, context):
    return {"statusCode": 200, "body": words.GREETING}
"""
COUNT = """\
import os

import botocore.session

dynamodb = botocore.session.get_session().create_client("dynamodb")

def handler(event, context):
    answer = dynamodb.update_item(
        TableName=os.environ["TABLE_NAME"],
        Key={"pk": {"S": "counter"}},
        UpdateExpression="ADD hits :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return {"statusCode": 200, "body": answer["Attributes"]["hits"]["N"]}
"""
WORK = """\
import os

import botocore.session

BROKEN = ""
dynamodb = botocore.session.get_session().create_client("dynamodb")

def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]
        print("took", record["eventName"], key["pk"]["S"])
        if key["pk"]["S"] == BROKEN:
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        dynamodb.update_item(TableName=os.environ["TABLE_NAME"], Key=key, UpdateExpression="REMOVE todo")
    return {"batchItemFailures": []}
"""
AUTHORIZER = """\
def handler(event, context):
    return {"isAuthorized": True}
"""


def make_project(folder: Path) -> Path:
    """Write a project of four functions and a table, served by a copy of this repository's tools."""
    files = {
        "template.yaml": TEMPLATE,
        "functions/greet/app.py": GREET,
        "functions/count/app.py": COUNT,
        "functions/work/app.py": WORK,
        "functions/authorizer/app.py": AUTHORIZER,
        "layers/common/words.py": 'GREETING = "hello"\n',
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / ".venv-ministack").symlink_to(ROOT / ".venv-ministack")
    return folder


def until(holds: Callable[[], bool], *, seconds: float = PATIENCE, pause: float = 0.05) -> bool:
    """Wait until it holds, and return whether it does; the seconds are a bound on hanging, not a measurement."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(pause)
    return held


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    output: Path
    facts: dict[str, Any]

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def said(self) -> str:
        return self.output.read_text()

    def dynamodb(self) -> Any:
        """Return a client of the server's back end."""
        return boto3.client(
            "dynamodb",
            endpoint_url=self.facts["dynamodb_endpoint"],
            region_name=self.facts["region"],
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def wait_until_said(self, text: str, times: int = 1) -> None:
        """Return when the text stands in the output so often."""
        until(lambda: self.said.count(text) >= times or self.process.poll() is not None)
        assert self.said.count(text) >= times, self.said

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send the server a signal and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.facts["pid"], number)
        return self.process.wait(PATIENCE)

    def family(self) -> list[int]:
        """Return the process ids of the server and of everything that it started."""
        return [self.facts["pid"], *children(self.facts["pid"])]


def spawn(
    root: Path, state: Path, output: Path, command: list[str] | None = None, **variables: str
) -> subprocess.Popen[bytes]:
    """Start the server on a free port as `make dev` does, or by another command, without waiting for it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COV_"))}
    environment |= {"PORT": "0", "STATE": str(state), "SEED": "", "PARAMS": "", "DYNAMODB_ENDPOINT": "", **variables}
    with output.open("ab") as sink:
        return subprocess.Popen(
            command or [sys.executable, "-m", "tools.local"],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def start(root: Path, state: Path, output: Path, command: list[str] | None = None, **variables: str) -> Server:
    """Start the server and return when it answers."""
    report = state / "run.json"
    report.unlink(missing_ok=True)  # a server that was killed leaves it behind
    process = spawn(root, state, output, command, **variables)
    until(lambda: report.exists() or process.poll() is not None)
    if not report.exists():
        end(process)
        raise RuntimeError(f"the local server did not start:\n{output.read_text()}")
    return Server(process, output, json.loads(report.read_text()))


@contextlib.contextmanager
def serving(parameters: str) -> Iterator[Server]:
    """Yield a server with these PARAMS and an empty table, which is stopped and forgotten in the end."""
    folder = Path(tempfile.mkdtemp())
    server = start(ROOT, folder / "state", folder / "output", PARAMS=parameters)
    try:
        yield server
    finally:
        end(server.process)
        shutil.rmtree(folder, ignore_errors=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server and the make around it, whether or not it ever said who it is."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    process.wait(PATIENCE)


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children (ps works on Linux and macOS alike)."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def ended(pids: list[int]) -> bool:
    """Return whether all processes end, waiting for them."""
    return until(lambda: not any(map(running, pids)))


def running(pid: int) -> bool:
    """Return whether a process lives; one that ended and waits for its parent to notice does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    return httpx.get(server.url + path, headers=headers, timeout=PATIENCE, trust_env=False)


def post(server: Server, path: str) -> httpx.Response:
    return httpx.post(server.url + path, timeout=PATIENCE, trust_env=False)
