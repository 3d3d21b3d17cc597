"""GitHub Actions: what a person can run, pinned, without stored keys, in roles that suffice. `make lint` checks the form."""

import re
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from tests.support.stages import processed, processed_operations

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[str, Any]] = {file.name: yaml_parse(file.read_text()) for file in FILES}
JOBS = [(name, job) for name, workflow in WORKFLOWS.items() for job in workflow["jobs"].values()]
STEPS = [step for _, job in JOBS for step in job.get("steps", [])]
ROLES = yaml_parse((ROOT / ".github" / "aws" / "roles.yaml").read_text())["Resources"]
# IAM's name of a service, where it is not that of the resource types in small letters
SERVICES = {"apigatewayv2": "apigateway"}
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.name))


def test_every_command_is_a_target_of_the_makefile_or_installs_its_programs_or_publishes_a_release() -> None:
    commands = [step["run"] for step in STEPS if "run" in step]
    assert len(commands) >= 9
    for command in commands:
        assert "\n" not in command
        make = re.match(r"make ([a-z-]+)\b", command)
        assert make[1] in TARGETS if make else command.startswith((".ci/programs", "gh release create ")), command


@each_file
def test_every_action_is_of_this_repository_or_pinned_to_a_commit_with_its_version(file: Path) -> None:
    for line in re.findall(r"uses: (.*)", file.read_text()):
        assert re.fullmatch(r"\./\.github/workflows/[a-z]+\.yml|[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), (
            line
        )


@pytest.mark.check("I02")
@each_file
def test_no_secret_is_read_and_no_right_is_given_to_all_jobs(file: Path) -> None:
    assert "secrets." not in file.read_text()
    assert WORKFLOWS[file.name]["permissions"] == {}


def test_only_deployments_may_ask_for_an_identity_and_only_releases_may_write() -> None:
    rights = {
        name: {right for file, job in JOBS for right in job["permissions"].items() if file == name}
        for name in WORKFLOWS
    }
    read, identity = ("contents", "read"), ("id-token", "write")
    assert rights == {
        "audit.yml": {read},
        "check.yml": {read},
        "deploy.yml": {read, identity},
        "release.yml": {("contents", "write")},
        "stage.yml": {read, identity},
    }


def test_prod_follows_staging_which_follows_one_build_which_follows_the_checks() -> None:
    jobs = WORKFLOWS["deploy.yml"]["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "check": None,
        "build": "check",
        "staging": "build",
        "prod": "staging",
    }
    stages = {name: job["with"]["stage"] for name, job in jobs.items() if job.get("uses", "").endswith("/stage.yml")}
    assert stages == {"staging": "staging", "prod": "prod"}
    assert [step for step in STEPS if step.get("run") == "make bundle"] == [jobs["build"]["steps"][1]]


def test_stage_deploys_the_bundle_of_the_run_in_its_environment_and_tries_it() -> None:
    job = WORKFLOWS["stage.yml"]["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.stage }}"
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make deploy BUNDLE=bundle.tar.gz", "make smoke"]


def test_every_job_has_a_time_limit() -> None:
    assert [name for name, job in JOBS if "steps" in job and "timeout-minutes" not in job] == []


def test_role_of_github_can_be_taken_in_the_environment_of_the_stage_alone() -> None:
    (statement,) = ROLES["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${Stage}"},
        }
    }


def test_role_of_the_stack_reaches_every_service_of_the_templates() -> None:
    everything = {
        "DomainName": "a.example",
        "CertificateArn": "arn",
        "HostedZoneId": "Z",
        "ProvisionedConcurrency": "1",
    }
    resources = [*processed("prod", **everything).values(), *processed_operations("prod", MonthlyBudget="9").values()]
    wanted = {one["Type"].split("::")[1].lower() for one in resources if one["Type"].startswith("AWS::")}
    assert {"codedeploy", "iam", "route53", "budgets"} <= wanted
    granted = {action.partition(":")[0] for action in _actions("StackRole")}
    assert {SERVICES.get(service, service) for service in wanted} <= granted


def _actions(role: str) -> list[str]:
    (policy,) = ROLES[role]["Properties"]["Policies"]
    actions = [statement["Action"] for statement in policy["PolicyDocument"]["Statement"]]
    return [action for some in actions for action in ([some] if isinstance(some, str) else some)]
