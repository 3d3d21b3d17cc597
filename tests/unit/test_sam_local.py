"""What `make sam-local` tells SAM CLI."""

import dataclasses
import json
from pathlib import Path

from samcli.yamlhelper import yaml_parse

from tools.local.options import ROOT, read_options
from tools.local.template import read_template
from tools.sam_local.__main__ import build_arguments, build_environment, declare_endpoint


def test_every_function_declares_the_variable_that_leads_it_to_the_table() -> None:
    template = declare_endpoint(yaml_parse((ROOT / "template.yaml").read_text()))
    assert template["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL"] == ""


def test_values_are_the_functions_own_without_those_of_the_runtime() -> None:
    keys = {"SigningKeys": {"Jwks": "the key set", "KeyId": "1-abc"}}
    application = read_template(ROOT / "template.yaml", {}, keys)
    values = build_environment(application, "http://host.docker.internal:4566")
    assert values.keys() == application.functions.keys()
    assert values["GetJwksFunction"]["JWKS"] == "the key set"
    assert values["LogInFunction"]["SIGNING_KEY_ID"] == "1-abc"
    for one in values.values():
        assert one["TABLE_NAME"] == "Table"
        assert {name for name in one if name.startswith("AWS_")} == {"AWS_ENDPOINT_URL"}
    assert json.loads(json.dumps(values)) == values


def test_parameters_and_the_port_reach_sam_cli() -> None:
    options = dataclasses.replace(read_options({"PORT": "4000"}), parameters={"Architecture": "arm64", "Stage": "dev"})
    told = build_arguments(Path("t.json"), Path("e.json"), options)
    assert told[told.index("--port") + 1] == "4000"
    assert told[told.index("--parameter-overrides") + 1 :] == ["Architecture=arm64", "Stage=dev"]
