"""`make dev` as a person uses it: edits, stops, starts, crashes, taken ports. See issue 2, point 6."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.project import make_project
from tools.local.running import PATIENCE, ROOT, Server, children, end, ended, get, post, spawn, start, until

Launch = Callable[..., Server]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


@pytest.fixture
def launch(project: Path, tmp_path: Path) -> Iterator[Launch]:
    """Return a function that starts the server on the project; every one is stopped at the end."""
    started: list[Server] = []

    def starter(command: list[str] | None = None, root: Path = project, **variables: str) -> Server:
        output = tmp_path / f"output{len(started)}"
        server = start(root, tmp_path / "state", output, command, **variables)
        started.append(server)
        return server

    yield starter
    for server in started:
        end(server.process)


@pytest.fixture(scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    folder = tmp_path_factory.mktemp("served")
    project = make_project(folder / "project")
    server = start(project, folder / "state", folder / "output")
    yield project, server
    end(server.process)


@pytest.fixture
def project_served(_served: tuple[Path, Server]) -> Iterator[Path]:
    """A project whose server all tests share that do not stop it; what a test edits is undone."""
    project, _ = _served
    texts = {path: path.read_text() for path in [project / "template.yaml", *project.glob("*/**/*.py")]}
    yield project
    for path, text in texts.items():
        if path.read_text() != text:
            path.write_text(text)


@pytest.fixture
def server(_served: tuple[Path, Server]) -> Server:
    """The server that is shared, with nothing said yet."""
    _, server = _served
    os.truncate(server.output, 0)
    return server


def edit(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_edited_function_and_layer_are_served_on_the_next_request(server: Server, project_served: Path) -> None:
    assert get(server, "/greet").text == "hello"
    edit(project_served, "layers/common/words.py", "hello", "howdy")  # same size, same second: a .pyc would hide it
    assert get(server, "/greet").text == "howdy"
    edit(project_served, "functions/greet/app.py", "words.GREETING", "words.GREETING.upper()")
    assert get(server, "/greet").text == "HOWDY"


def test_syntax_error_answers_500_with_the_traceback_in_the_terminal_and_the_fix_works(
    server: Server, project_served: Path
) -> None:
    edit(project_served, "functions/greet/app.py", "return {", "return {{")
    broken = get(server, "/greet")
    assert (broken.status_code, broken.json()) == (500, {"message": "Internal Server Error"})
    assert "SyntaxError" in server.said
    edit(project_served, "functions/greet/app.py", "return {{", "return {")
    assert get(server, "/greet").text == "hello"


def test_edited_authorizer_decides_the_next_request_although_its_verdict_was_cached(
    server: Server, project_served: Path
) -> None:
    assert get(server, "/guarded", authorization="token").status_code == 200
    edit(project_served, "functions/authorizer/app.py", "True", "False")
    assert get(server, "/guarded", authorization="token").status_code == 403


def test_edited_template_says_that_a_restart_is_needed(server: Server, project_served: Path) -> None:
    edit(project_served, "template.yaml", "Timeout: 60", "Timeout: 30")
    get(server, "/greet")
    get(server, "/greet")
    assert server.said.count("template.yaml has changed") == 1


def test_stop_by_any_signal_keeps_the_data_and_leaves_nothing_running(launch: Launch) -> None:
    # A script's `make dev &` starts with SIGINT ignored.
    in_background = ["sh", "-c", 'trap "" INT; exec "$0" -m tools.local', sys.executable]
    for count, number in enumerate([signal.SIGINT, signal.SIGTERM, signal.SIGHUP], start=1):
        server = launch(in_background if number == signal.SIGINT else None)
        way_out = f"kill {server.facts['pid']}" if number == signal.SIGINT else "Ctrl-C"
        assert f"{way_out} stops it." in server.said
        assert post(server, "/count").text == str(count)
        family = server.family()
        assert len(family) == 3  # the server, MiniStack and one worker
        assert server.stop(number) == 0
        assert ended(family)
        assert not (Path(server.facts["state"]) / "run.json").exists()
    assert post(launch(), "/count").text == "4"


def test_kill_9_of_the_server_loses_nothing_and_leaves_nothing_running(launch: Launch) -> None:
    server = launch()
    assert post(server, "/count").text == "1"
    family = server.family()
    server.stop(signal.SIGKILL)
    assert post(launch(), "/count").text == "2"  # the new server waits until MiniStack has ended
    assert ended(family)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "timeout"])
def test_signals_to_the_whole_group_stop_make_dev_cleanly_however_many(launch: Launch, number: int) -> None:
    server = launch(["make", "dev"], root=ROOT)
    family = [server.process.pid, *server.family()]
    for _ in range(100):
        os.killpg(server.process.pid, number)  # make hands SIGTERM on, too
    server.process.wait(PATIENCE)
    assert ended(family)
    assert "Stopping." in server.said
    assert "Traceback" not in server.said


def test_worker_that_dies_answers_500_without_a_trace_and_the_next_request_is_served(
    server: Server, project_served: Path
) -> None:
    edit(project_served, "functions/greet/app.py", "import words", "import os, words")
    edit(
        project_served,
        "functions/greet/app.py",
        "    return",
        "    if event['rawQueryString']: os._exit(7)\n    return",
    )
    died = get(server, "/greet?now=1")
    assert (died.status_code, died.json()) == (500, {"message": "Internal Server Error"})
    assert "Runtime exited with status 7" in server.said
    assert get(server, "/greet").text == "hello"


def test_worker_killed_between_requests_is_replaced(server: Server) -> None:
    assert get(server, "/greet").text == "hello"
    workers = [pid for pid in children(server.facts["pid"]) if pid != server.facts["ministack_pid"]]
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    assert ended(workers)
    assert get(server, "/greet").text == "hello"


def test_requests_at_the_same_time_run_in_workers_of_their_own(
    server: Server, project_served: Path, tmp_path: Path
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    wait = (
        f"    folder = pathlib.Path({str(meeting)!r})\n"
        "    (folder / str(os.getpid())).touch()\n"
        "    while len(list(folder.iterdir())) < 4: time.sleep(0.01)\n"
        "    return"
    )
    edit(project_served, "functions/greet/app.py", "import words", "import os, pathlib, time, words")
    edit(project_served, "functions/greet/app.py", "    return", wait)
    with ThreadPoolExecutor(4) as executor:  # each request ends only when all four are being served
        answers = list(executor.map(lambda _: get(server, "/greet").status_code, range(4)))
    assert answers == [200, 200, 200, 200]
    assert len(list(meeting.iterdir())) == 4


def test_request_in_flight_does_not_hold_up_the_stop(launch: Launch, project: Path) -> None:
    edit(project, "functions/greet/app.py", "import words", "import time, words")
    edit(
        project, "functions/greet/app.py", "    return", "    print('inside', flush=True); time.sleep(1000)\n    return"
    )
    server = launch()

    def ask() -> None:
        with pytest.raises(httpx.HTTPError):
            get(server, "/greet")

    asking = threading.Thread(target=ask)
    asking.start()
    family = family_with_worker(server)
    assert server.stop() == 0
    assert ended(family)
    asking.join(PATIENCE)


def family_with_worker(server: Server) -> list[int]:
    """Return the ids of the server and all that it started, as soon as a worker is among them."""
    assert until(lambda: len(server.family()) >= 3)
    return server.family()


def put(server: Server, *names: str, **attributes: str) -> None:
    """Write items in one call, so that their records come in one batch."""
    with server.open_table().table.batch_writer() as batch:
        for name in names:
            batch.put_item(Item={"pk": name, **attributes})


def taken(server: Server) -> list[str]:
    """Return what the function behind the stream has printed, but of what `follow` wrote."""
    lines = [line.strip() for line in server.said.splitlines()]
    return [line for line in lines if line.startswith("took") and not line.endswith("first")]


def follow(server: Server) -> None:
    """Return when the server follows the stream: what is written before is found in the table, in no order."""
    put(server, "first", todo="yes")
    server.wait_until_said(" first\n")


def test_stream_record_that_passes_the_filter_reaches_the_function_and_others_do_not(launch: Launch) -> None:
    server = launch()
    follow(server)
    put(server, "before")
    put(server, "job", todo="yes")
    server.wait_until_said("took INSERT job")
    put(server, "after")
    put(server, "last", todo="yes")
    server.wait_until_said("took INSERT last")
    assert taken(server) == ["took INSERT job", "took INSERT last"]
    lines = [line for line in server.said.splitlines() if line.startswith("STREAM")]
    assert lines[0].split()[:5] == ["STREAM", "WorkFunction", "1", "record", "ok"]
    assert ["(cold)" in line for line in lines] == [True] + [False] * len(lines[1:])


def test_failed_item_of_a_stream_batch_is_retried_and_those_before_it_are_not(
    server: Server, project_served: Path
) -> None:
    edit(project_served, "functions/work/app.py", 'BROKEN = ""', 'BROKEN = "two"')
    follow(server)
    put(server, "one", "two", "three", todo="yes")
    server.wait_until_said("took INSERT two", times=2)
    edit(project_served, "functions/work/app.py", 'BROKEN = "two"', 'BROKEN = ""')
    server.wait_until_said("took INSERT three")
    assert taken(server)[0] == "took INSERT one"
    assert taken(server).count("took INSERT one") == 1
    assert set(taken(server)[1:-1]) == {"took INSERT two"}
    lines = [line for line in server.said.splitlines() if line.startswith("STREAM") and " err " in line]
    assert lines[0].split()[:5] == ["STREAM", "WorkFunction", "3", "records", "err"]
    assert lines[1].split()[:5] == ["STREAM", "WorkFunction", "2", "records", "err"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_stream_record_that_was_not_finished_is_delivered_after_a_restart(
    launch: Launch, project: Path, number: int
) -> None:
    edit(project, "functions/work/app.py", 'BROKEN = ""', 'BROKEN = "job"')
    server = launch()
    follow(server)
    put(server, "other")
    put(server, "done", "job", todo="yes")
    server.wait_until_said("took INSERT job")
    family = server.family()
    server.stop(number)
    assert ended(family)
    edit(project, "functions/work/app.py", 'BROKEN = "job"', 'BROKEN = ""')
    again = launch()
    again.wait_until_said("took MODIFY job")
    put(again, "last", todo="yes")
    again.wait_until_said("took INSERT last")
    assert taken(again) == ["took MODIFY job", "took INSERT last"]


def test_stream_function_in_flight_does_not_hold_up_the_stop_and_runs_again_after_a_restart(
    launch: Launch, project: Path
) -> None:
    edit(project, "functions/work/app.py", "    for record", "    import time; time.sleep(1000)\n    for record")
    server = launch()
    put(server, "job", todo="yes")
    family = family_with_worker(server)
    assert server.stop() == 0
    assert ended(family)
    assert "Traceback" not in server.said
    edit(project, "functions/work/app.py", "time.sleep(1000)", "pass")
    launch().wait_until_said("took MODIFY job")


@pytest.mark.parametrize("module", ["tools.local", "tools.sam_local"])
@pytest.mark.parametrize("text", ["PasswordCost=20", "LogLevel=NOISY", "App=maybe", "AllowedOrigins=foo", "Appp=true"])
def test_parameter_that_a_deployment_would_refuse_is_one_line_before_anything_starts(
    tmp_path: Path, module: str, text: str
) -> None:
    process = spawn(ROOT, tmp_path / "state", tmp_path / "output", [sys.executable, "-m", module], PARAMS=text)
    assert process.wait(PATIENCE) == 1
    said = (tmp_path / "output").read_text()
    assert said.splitlines() == [said.strip()]
    assert text.partition("=")[0] in said
    assert not (tmp_path / "state").exists()


def test_port_in_use_is_one_line_and_exit_code_1(project: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        process = spawn(project, tmp_path / "state", tmp_path / "output", PORT=str(port))
        assert process.wait(PATIENCE) == 1
    said = (tmp_path / "output").read_text()
    assert said.splitlines() == [said.strip()]
    assert f"Port {port} is in use" in said


def test_state_in_use_is_one_line_and_exit_code_1(server: Server, project_served: Path, tmp_path: Path) -> None:
    process = spawn(project_served, Path(server.facts["state"]), tmp_path / "second")
    assert process.wait(PATIENCE) == 1
    said = (tmp_path / "second").read_text()
    assert said.splitlines() == [said.strip()]
    assert f"in use by process {server.facts['pid']}" in said
    assert get(server, "/greet").text == "hello"


def test_each_request_prints_one_line_with_method_path_status_time_and_units(
    server: Server, project_served: Path
) -> None:
    edit(project_served, "functions/greet/app.py", "    return", """    print('{"capacity_units": 1.5}')\n    return""")
    get(server, "/greet?name=x")
    (line,) = [line for line in server.said.splitlines() if "/greet" in line and line.startswith("GET")]
    assert line.split()[:3] == ["GET", "/greet?name=x", "200"]
    assert "1.5 units" in line
    assert "ms" in line


def test_server_writes_only_under_its_state_folder(launch: Launch, project: Path) -> None:
    def listing() -> set[str]:
        names = (path.relative_to(project) for path in project.rglob("*"))
        return {str(name) for name in names if "tools" not in name.parts and ".venv-ministack" not in name.parts}

    before = listing()
    server = launch()
    post(server, "/count")
    get(server, "/greet")
    server.stop()
    assert listing() == before


def test_malformed_chunks_are_400_and_quiet(server: Server) -> None:
    address = ("127.0.0.1", int(server.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(b"POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b'{"message":"Bad Request"}')
    assert "Traceback" not in server.said


def test_seed_fills_a_demo_account_once(tmp_path: Path) -> None:
    counts = []
    for turn in range(2):
        server = start(ROOT, tmp_path / "state", tmp_path / f"output{turn}", SEED="1")
        try:
            server.wait_until_said("Demo account:")
            assert "SEED:" not in server.said
            email, password = server.said.split("Demo account: ")[1].splitlines()[0].split(" / ")
            with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as client:
                login = client.post("/api/auth/login", json={"email": email, "password": password}).json()
                headers = {"authorization": f"Bearer {login['access_token']}"}
                counts.append(len(client.get("/api/me/tasks?limit=100", headers=headers).json()["items"]))
        finally:
            server.stop()
    assert counts == [36, 36]


def count(server: Server) -> int:
    """Return the number of times that the counter of the project has been asked for."""
    return int(post(server, "/count").text)


def test_kill_9_of_the_back_end_ends_make_dev_with_one_line_and_loses_nothing(launch: Launch) -> None:
    server = launch()
    assert [count(server) for _ in range(3)] == [1, 2, 3]
    os.kill(server.facts["ministack_pid"], signal.SIGKILL)
    assert server.process.wait(PATIENCE) == 1
    assert "make dev: MiniStack ended unexpectedly" in server.said
    assert count(launch()) == 4


def test_kill_9_of_everything_loses_nothing(launch: Launch) -> None:
    server = launch()
    assert [count(server) for _ in range(3)] == [1, 2, 3]
    family = server.family()
    for pid in reversed(family):
        os.kill(pid, signal.SIGKILL)
    assert ended(family)
    assert count(launch()) == 4


def test_full_disk_is_said_and_answered_with_507_until_the_next_start_which_has_everything(
    launch: Launch, project: Path
) -> None:
    edit(
        project,
        "functions/count/app.py",
        '"dynamodb")',
        '"dynamodb", config=botocore.config.Config(retries={"total_max_attempts": 1}))',
    )
    # A limit on the size of files, as a full disk is: the second block of the journal cannot be written.
    server = launch(["sh", "-c", 'ulimit -f 200; exec "$0" -m tools.local', sys.executable])
    put(server, "counter", filler="x" * 9_000)
    acknowledged = 0
    while (answer := post(server, "/count")).status_code == 200:
        acknowledged = int(answer.text)
    assert acknowledged > 2
    server.wait_until_said("A write cannot be saved in")
    for _ in range(2):
        refused = get(server, "/greet")
        assert refused.status_code == 507
        assert "Free some space and start make dev again." in refused.json()["message"]
    assert server.stop() == 1
    assert acknowledged <= count(launch()) - 1 <= acknowledged + 1  # what was refused may have been saved


def test_damaged_file_stops_the_start_in_one_line_by_name(launch: Launch, project: Path, tmp_path: Path) -> None:
    server = launch()
    post(server, "/count")
    server.stop()
    journal = tmp_path / "state" / "ministack" / "journal-1.log"
    os.truncate(journal, 100)
    process = spawn(project, tmp_path / "state", tmp_path / "refused")
    assert process.wait(PATIENCE) == 1
    (said,) = (tmp_path / "refused").read_text().splitlines()
    assert f"{journal} was cut off." in said
    assert journal.stat().st_size == 100


def test_disk_that_is_full_at_the_start_stops_it_in_one_line_and_loses_nothing(
    launch: Launch, project: Path, tmp_path: Path
) -> None:
    small = ["sh", "-c", 'ulimit -f 100; exec "$0" -m tools.local', sys.executable]
    for is_new in (True, False):
        process = spawn(project, tmp_path / "state", tmp_path / "refused", small)
        assert process.wait(PATIENCE) == 1
        (said,) = (tmp_path / "refused").read_text().splitlines()
        assert f"The data in {tmp_path}/state/ministack cannot be used: File too large." in said
        (tmp_path / "refused").unlink()
        server = launch()
        assert count(server) == (1 if is_new else 2)
        server.stop()
