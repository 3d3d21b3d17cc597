"""The variables of `make dev`, the lines it prints, and what it reads from the template."""

import re
from pathlib import Path

import pytest

from tools.local.console import StartError, format_request, select_readable, sum_capacity_units
from tools.local.options import ROOT, read_options
from tools.local.server import listen
from tools.local.template import read_template


def test_defaults_hold_for_absent_and_for_empty_variables(tmp_path: Path) -> None:
    empty = dict.fromkeys(["PORT", "STATE", "PARAMS", "DYNAMODB_ENDPOINT", "SEED", "VERBOSE"], "")
    for environ in ({}, empty):
        options = read_options(environ, tmp_path)
        assert (options.port, options.state, options.parameters) == (3000, tmp_path / ".local", {})
        assert (options.dynamodb_endpoint, options.seed, options.verbose) == (None, False, False)


def test_variables_are_read() -> None:
    environ = {
        "PORT": "4000",
        "STATE": "/elsewhere",
        "PARAMS": "Stage=dev 'AllowedOrigins=https://a.example, https://b.example'",
        "DYNAMODB_ENDPOINT": "http://127.0.0.1:8000/",
        "SEED": "1",
    }
    options = read_options(environ)
    assert (options.port, options.state, options.seed) == (4000, Path("/elsewhere"), True)
    assert options.parameters == {"Stage": "dev", "AllowedOrigins": "https://a.example, https://b.example"}
    assert options.dynamodb_endpoint == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "abc"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PARAMS", "Stage"),
        ("PARAMS", "=x"),
        ("PARAMS", "A='"),
        ("DYNAMODB_ENDPOINT", "8000"),
    ],
)
def test_wrong_variable_is_refused_by_name_and_value(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(StartError, match=name) as refusal:
        read_options({name: text}, tmp_path)
    assert repr(text) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_port_in_use_is_refused() -> None:
    with listen(0) as holder, pytest.raises(StartError, match="in use"):
        listen(holder.getsockname()[1])


def test_capacity_units_of_all_functions_are_added() -> None:
    lines = [
        '{"capacity_units": 0.5}',
        "print",
        '{"capacity_units": 2}',
        "{broken",
        '{"other": 1}',
        '{"capacity_units": null}',
    ]
    assert sum_capacity_units(lines) == 2.5
    assert sum_capacity_units(["print"]) is None


def test_request_line_has_method_path_status_time_and_units() -> None:
    line = format_request("GET", "/api/health", 200, milliseconds=4.6, units=0.5, cold=True)
    assert line.split() == ["GET", "/api/health", "200", "5", "ms", "0.5", "units", "(cold)"]


def test_prints_and_errors_are_shown_and_records_are_not_unless_verbose() -> None:
    record = '{"level": "INFO", "message": "request"}'
    failure = '{"level": "ERROR", "message": "failed", "exception": "Traceback\\nValueError: x"}'
    assert select_readable([record, "a print", failure], verbose=False) == [
        "a print",
        "ERROR failed",
        "Traceback",
        "ValueError: x",
    ]
    assert select_readable([record, "a print"], verbose=True) == [record, "a print"]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("PasswordCost=99", "PasswordCost='99': PasswordCost must be one of 12, 13, 14, 15, 16"),
        ("AllowedOrigins=foo", "AllowedOrigins='foo': AllowedOrigins is a comma-separated list of origins"),
        ("Docs=true Stage=prod", "Docs='true' Stage='prod': On prod AllowedOrigins must name its origins"),
        ("App=true Docs=true App=false", "App twice: 'true' and 'false'"),
        ("Stagee=x", "no parameter 'Stagee'; it has Stage, "),
    ],
)
def test_parameters_that_a_deployment_would_refuse_are_refused(text: str, refusal: str) -> None:
    with pytest.raises(StartError, match=f"^PARAMS.*{re.escape(refusal)}"):
        read_options({"PARAMS": text})


def test_tests_can_go_beyond_the_templates_limits() -> None:
    options = read_options({"PARAMS": "App=false", "UNCHECKED_PARAMS": "PasswordCost=4"})
    assert options.parameters == {"App": "false", "PasswordCost": "4"}


def test_unreadable_template_is_refused_in_one_line(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {")
    for read in (lambda: read_template(template, {}, {}), lambda: read_options({"PARAMS": "A=b"}, tmp_path)):
        with pytest.raises(StartError, match=r"template\.yaml") as refusal:
            read()
        assert "\n" not in str(refusal.value)


def test_own_template_gives_functions_their_attributes_and_paths() -> None:
    keys = {"SigningKeys": {"Jwks": '{"keys": []}', "KeyId": "k1"}}
    application = read_template(ROOT / "template.yaml", {"PasswordCost": "13"}, keys)
    log_in = application.functions["LogInFunction"]
    assert log_in.environment["SIGNING_KEY_ID"] == "k1"
    assert log_in.environment["PASSWORD_COST"] == "13"
    assert log_in.environment["TABLE_NAME"] in application.tables
    assert log_in.environment["AWS_LAMBDA_FUNCTION_NAME"] == "LogInFunction"
    assert "JWKS" not in log_in.environment
    assert application.functions["AuthorizerFunction"].environment["JWKS"] == '{"keys": []}'
    assert str(ROOT / "layers" / "common") in log_in.path
    assert ROOT / "functions" / "log_in" in log_in.sources
    assert application.authorizers["TokenAuthorizer"].ttl == 300.0
    assert application.cors is not None
    assert "ETag" in application.cors.exposed
