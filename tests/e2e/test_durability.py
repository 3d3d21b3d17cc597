"""The embedded back end loses no write that it acknowledged, however it ends. DURABILITY_ROUNDS=200 kills it more often."""

import fcntl
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import botocore.session
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.http_api import Api
from tools.local.backend import Backend, start_backend, stop_backend, wait_until_ready
from tools.local.console import StartError
from tools.local.ministack.journal import write_records
from tools.local.running import PATIENCE, ROOT, end, ended, until
from tools.local.running import start as serve
from tools.operate.fsck import fsck

ROUNDS = int(os.environ.get("DURABILITY_ROUNDS", "20"))
WRITERS = 4
SCHEMA: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    "BillingMode": "PAY_PER_REQUEST",
}
UNREACHED = (BotoCoreError, ClientError)

Start = Callable[..., Backend]


def client(backend: Backend, service: str = "dynamodb") -> Any:
    return botocore.session.get_session().create_client(
        service,
        endpoint_url=backend.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=WRITERS),
    )


def kill(backend: Backend) -> None:
    backend.process.kill()
    backend.process.wait()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Start]:
    """Return what starts a back end on the same data, without waiting for it; all are stopped at the end."""
    backends = []
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def starter(**options: Any) -> Backend:
            backends.append(start_backend(ROOT, tmp_path / "state", lock.fileno(), **{"keep": True, **options}))
            return backends[-1]

        yield starter
        for backend in backends:
            stop_backend(backend)


@pytest.fixture
def start(begin: Start) -> Start:
    """Return what starts a back end on the same data and waits until it answers."""

    def starter(**options: Any) -> Backend:
        backend = begin(**options)
        wait_until_ready(backend)
        return backend

    return starter


class Writer:
    """Writes items that nobody else writes, and knows which states each may be in: one, or two if the last write went unanswered."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self.random = random.Random(seed)
        self.may_be: dict[str, set[int | None]] = {key: {None} for key in "abcdef"}
        self.acknowledged = 0

    def write(self, dynamodb: Any) -> None:
        """Change one or two items until the back end does not answer."""
        while True:
            keys = self.random.sample(sorted(self.may_be), self.random.choice([1, 1, 2]))
            before = {key: next(iter(self.may_be[key])) for key in keys}
            after = {key: None if self.random.random() < 0.2 else (value or 0) + 1 for key, value in before.items()}
            for key in keys:
                self.may_be[key] = {before[key], after[key]}
            try:
                self.send(dynamodb, after)
            except UNREACHED:
                return
            for key in keys:
                self.may_be[key] = {after[key]}
            self.acknowledged += 1

    def send(self, dynamodb: Any, after: dict[str, int | None]) -> None:
        changes = [self.change(key, value) for key, value in after.items()]
        if len(changes) > 1:
            dynamodb.transact_write_items(TransactItems=changes)
        elif "Update" in changes[0]:
            dynamodb.update_item(**changes[0]["Update"])
        elif self.random.random() < 0.5:
            dynamodb.delete_item(**changes[0]["Delete"])
        else:
            dynamodb.batch_write_item(
                RequestItems={"things": [{"DeleteRequest": {"Key": changes[0]["Delete"]["Key"]}}]}
            )

    def change(self, key: str, value: int | None) -> dict[str, Any]:
        """Return the write: a removal, or an addition of one, which must not be done twice."""
        place = {"TableName": "things", "Key": {"pk": {"S": self.name}, "sk": {"S": key}}}
        if value is None:
            return {"Delete": place}
        one = {":one": {"N": "1"}, ":text": {"S": "x" * self.random.randrange(3000)}}
        return {
            "Update": {
                **place,
                "UpdateExpression": "SET filler = :text ADD hits :one",
                "ExpressionAttributeValues": one,
            }
        }

    def check(self, dynamodb: Any) -> None:
        """Fail unless each item is in a state in which it may be."""
        found = dynamodb.query(
            TableName="things",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": self.name}},
            ConsistentRead=True,
        )["Items"]
        values = {item["sk"]["S"]: int(item["hits"]["N"]) for item in found}
        for key, allowed in self.may_be.items():
            assert values.get(key) in allowed, f"{self.name}/{key}"
            self.may_be[key] = {values.get(key)}


def have_written(writers: list[Writer], count: int) -> bool:
    return sum(writer.acknowledged for writer in writers) >= count


def test_every_acknowledged_write_is_there_after_kill_9_at_random_moments(begin: Start, start: Start) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    client(start()).create_table(TableName="things", **SCHEMA)
    writers = [Writer(f"writer {number} of seed {seed}", seed + number) for number in range(WRITERS)]
    for _ in range(ROUNDS):
        if chance.random() < 0.3:  # a start that is killed while it begins a generation
            starting = begin()
            time.sleep(chance.uniform(0.1, 0.6))
            kill(starting)
        backend = start()
        dynamodb = client(backend)
        for writer in writers:
            writer.check(dynamodb)
        written = sum(writer.acknowledged for writer in writers)
        with ThreadPoolExecutor(WRITERS) as threads:
            for writer in writers:
                threads.submit(writer.write, dynamodb)
            until(partial(have_written, writers, written + chance.randrange(1, 100)), pause=0.001)
            kill(backend)
    dynamodb = client(start())
    for writer in writers:
        writer.check(dynamodb)


VALUES: dict[str, dict[str, Any]] = {
    "text": {"S": 'ä\ud7ff\U0001f600 " \\ \n\0'},
    "number": {"N": "-1234567890.1234567890123456789012345678E-10"},
    "binary": {"B": bytes(range(256))},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": ""}, {"L": []}, {"M": {}}]},
    "map": {"M": {"__bytes__": {"S": "AA=="}, "__scoped__": {"BOOL": True}, "data": {"M": {}}}},
    "texts": {"SS": ["b", "a"]},
    "numbers": {"NS": ["2", "10"]},
    "binaries": {"BS": [b"\0", b"\xff"]},
    "long": {"S": "x" * 300_000},
}


def scan(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return sorted(dynamodb.scan(TableName=table)["Items"], key=lambda item: str((item["pk"], item["sk"])))


def test_values_of_every_type_come_back_as_they_were_from_the_journal_and_from_a_snapshot(start: Start) -> None:
    backend = start()
    dynamodb = client(backend)
    dynamodb.create_table(TableName="things", **SCHEMA)
    for name, value in VALUES.items():
        dynamodb.put_item(TableName="things", Item={"pk": {"S": name}, "sk": {"S": "ß"}, "value": value})
    before = scan(dynamodb, "things")
    assert len(before) == len(VALUES)
    for _ in range(2):
        kill(backend)
        backend = start()
        assert scan(client(backend), "things") == before


def test_tables_their_settings_and_parameters_are_there_after_kill_9(start: Start) -> None:
    backend = start()
    dynamodb, ssm = client(backend), client(backend, "ssm")
    for name in ("kept", "dropped", "again"):
        dynamodb.create_table(TableName=name, **SCHEMA)
        dynamodb.put_item(TableName=name, Item={"pk": {"S": "old"}, "sk": {"S": "1"}})
    ttl = {"Enabled": True, "AttributeName": "expires_at"}
    dynamodb.update_time_to_live(TableName="kept", TimeToLiveSpecification=ttl)
    for name in ("dropped", "again"):
        dynamodb.delete_table(TableName=name)
    dynamodb.create_table(TableName="again", **SCHEMA)
    dynamodb.put_item(TableName="again", Item={"pk": {"S": "new"}, "sk": {"S": "1"}})
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="kept", TargetTableName="restored", UseLatestRestorableTime=True
    )
    ssm.put_parameter(Name="/key", Value="secret", Type="SecureString")
    for _ in range(2):
        kill(backend)
        backend = start()
        dynamodb, ssm = client(backend), client(backend, "ssm")
        assert dynamodb.list_tables()["TableNames"] == ["again", "kept", "restored"]
        described = dynamodb.describe_time_to_live(TableName="kept")["TimeToLiveDescription"]
        assert described["TimeToLiveStatus"] == "ENABLED"
        for name, key in {"kept": "old", "restored": "old", "again": "new"}.items():
            assert [item["pk"]["S"] for item in scan(dynamodb, name)] == [key]
            assert dynamodb.describe_table(TableName=name)["Table"]["ItemCount"] == 1
        assert ssm.get_parameter(Name="/key", WithDecryption=True)["Parameter"]["Value"] == "secret"


def test_data_that_ministack_itself_saved_is_taken_over(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "ministack"
    saving = start(keep=False, settings={"SERVICES": "dynamodb,ssm", "PERSIST_STATE": "1", "STATE_DIR": str(folder)})
    client(saving).create_table(TableName="things", **SCHEMA)
    client(saving).put_item(TableName="things", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    client(saving, "ssm").put_parameter(Name="/key", Value="secret", Type="String")
    saving.process.terminate()
    saving.process.wait()
    assert {path.name for path in folder.iterdir()} >= {"dynamodb.json", "ssm.json"}
    for _ in range(2):
        backend = start()
        assert len(scan(client(backend), "things")) == 1
        assert client(backend, "ssm").get_parameter(Name="/key")["Parameter"]["Value"] == "secret"
        kill(backend)


@pytest.mark.parametrize("name", ["dynamodb.json", "ssm.json"])
def test_damaged_data_of_ministack_itself_is_refused_and_stays_as_it_is(
    start: Start, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "state" / "ministack" / name
    path.parent.mkdir(parents=True)
    for damaged in (b"", b'{"__ministack_format__": 2, "payload": {"tab', b"[]", b"{}", b"null", b"\xff\xfe"):
        path.write_bytes(damaged)
        with pytest.raises(StartError, match=f"{name} is damaged"):
            start()
        assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == {name: damaged}


@pytest.mark.parametrize("name", ["snapshot-2.log", "journal-2.log"])
def test_damaged_file_stops_the_start_by_name_and_stays_as_it_is(start: Start, tmp_path: Path, name: str) -> None:
    backend = start()
    client(backend).create_table(TableName="things", **SCHEMA)
    kill(backend)
    backend = start()
    client(backend).put_item(TableName="things", Item={"pk": {"S": "1"}, "sk": {"S": "1"}})
    kill(backend)
    folder = tmp_path / "state" / "ministack"
    os.truncate(folder / name, 100)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StartError, match=f"{name} was cut off"):
        start()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_file_of_another_format_stops_the_start(start: Start, tmp_path: Path) -> None:
    kill(start())
    folder = tmp_path / "state" / "ministack"
    write_records(folder / "snapshot-1.log", [['["set", 1]']])
    with pytest.raises(StartError, match="cannot be read by this version"):
        start()


class Client:
    """Creates, changes and deletes tasks over HTTP, and knows each title that a task may have; None is no task."""

    def __init__(self, headers: dict[str, str], seed: int) -> None:
        self.headers = headers
        self.random = random.Random(seed)
        self.may_be: dict[str, set[str | None]] = {}

    def work(self, url: str) -> None:
        """Send requests until the server does not answer."""
        with httpx.Client(base_url=url, headers=self.headers, timeout=PATIENCE, trust_env=False) as http:
            while True:
                try:
                    self.send(http)
                except (httpx.HTTPError, LookupError):
                    return

    def send(self, http: httpx.Client) -> None:
        title, chance = f"{self.random.random()}", self.random.random()
        if chance < 0.6 or not self.may_be:
            answer = http.post("/api/me/tasks", json={"title": title})
            self.may_be[answer.json()["id"]] = {title}
            return
        task, after = self.random.choice(sorted(self.may_be)), title if chance < 0.8 else None
        before = self.may_be[task]
        if before == {None}:
            return
        self.may_be[task] = {*before, after}
        path = f"/api/me/tasks/{task}"
        answer = http.delete(path) if after is None else http.put(path, json={"title": title})
        if answer.is_success:
            self.may_be[task] = {after}

    def check(self, url: str) -> None:
        """Fail unless each task is as it may be."""
        with httpx.Client(base_url=url, headers=self.headers, timeout=PATIENCE, trust_env=False) as http:
            for task, allowed in self.may_be.items():
                answer = http.get(f"/api/me/tasks/{task}")
                now = answer.json()["title"] if answer.status_code == 200 else None
                assert now in allowed
                self.may_be[task] = {now}


def have_created(clients: list[Client], count: int) -> bool:
    return sum(len(one.may_be) for one in clients) >= count


def test_api_has_everything_that_it_acknowledged_after_kill_9_of_server_back_end_and_both(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    clients: list[Client] = []
    for turn in range(max(ROUNDS // 6, 3)):
        server = serve(ROOT, tmp_path / "state", tmp_path / f"output{turn}", UNCHECKED_PARAMS="PasswordCost=4")
        try:
            if not clients:
                with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
                    clients = [Client(Api(server.url, http, server).register().headers, seed + one) for one in range(3)]
            for client in clients:
                client.check(server.url)
            family = {"server": server.facts["pid"], "back end": server.facts["ministack_pid"]}
            with ThreadPoolExecutor(len(clients)) as threads:
                for client in clients:
                    threads.submit(client.work, server.url)
                until(partial(have_created, clients, turn * 20 + chance.randrange(10, 30)))
                for name in [["server"], ["back end"], ["back end", "server"]][turn % 3]:
                    os.kill(family[name], signal.SIGKILL)
                assert ended(list(family.values()))
        finally:
            end(server.process)
    server = serve(ROOT, tmp_path / "state", tmp_path / "output", UNCHECKED_PARAMS="PasswordCost=4")
    try:
        for client in clients:
            client.check(server.url)
        assert list(fsck(server.open_table(), rate=1e6)) == []
    finally:
        end(server.process)
