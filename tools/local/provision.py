"""What a deployment provides before the first request: the table, the signing keys, the sender of emails."""

import contextlib
import os
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tools.local.application import REGION, Application
from tools.local.backend import CREDENTIALS
from tools.local.console import StartError

# CloudFormation's table properties that CreateTable takes under the same name.
CREATE = (
    "AttributeDefinitions",
    "KeySchema",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
    "BillingMode",
    "ProvisionedThroughput",
    "StreamSpecification",
)


def use_endpoints(dynamodb: str, aws: str) -> dict[str, str]:
    """Point this process at the local endpoints, never at an account, and return the variables that do it."""
    variables = {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
        "AWS_ENDPOINT_URL_SESV2": aws,
        "AWS_ENDPOINT_URL_SSM": aws,
        "NO_PROXY": "127.0.0.1,localhost",
    }
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(variables)
    return variables


def create_tables(application: Application, endpoint: str) -> list[str]:
    """Create each missing table of the template, with its time to live; return the names of the new tables."""
    dynamodb = _connect("dynamodb", endpoint)
    created = []
    try:
        for name, properties in application.tables.items():
            with contextlib.suppress(dynamodb.exceptions.ResourceNotFoundException):
                dynamodb.describe_table(TableName=name)
                continue
            definition = {key: properties[key] for key in CREATE if key in properties}
            if "StreamSpecification" in definition:
                definition["StreamSpecification"] = {"StreamEnabled": True, **definition["StreamSpecification"]}
            dynamodb.create_table(TableName=name, **definition)
            dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
            if "TimeToLiveSpecification" in properties:
                ttl = properties["TimeToLiveSpecification"]
                dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
            created.append(name)
    except (BotoCoreError, ClientError) as error:
        raise StartError(f"DynamoDB at {endpoint}: {error}") from error
    return created


def verify_senders(application: Application, endpoint: str) -> None:
    """Let SES send from every address that a function uses as sender, as if its owner had confirmed it."""
    ses = _connect("sesv2", endpoint)
    for sender in {one.environment.get("MAIL_FROM") for one in application.functions.values()} - {None, ""}:
        with contextlib.suppress(ses.exceptions.AlreadyExistsException):
            ses.create_email_identity(EmailIdentity=sender)


def provision_keys(application: Application) -> dict[str, Any]:
    """Make or rotate the keys with the code of a deployment; return the attributes of the custom resource.

    The layer must be on the path, unless the template has no keys.
    """
    if application.keys is None:
        return {}
    from functions.provision_keys import keyring  # noqa: PLC0415 - a template without keys has no such function

    made = keyring.provision(
        application.keys["SigningKeysParameter"],
        application.keys["CursorKeysParameter"],
        int(application.keys["KeyVersion"]),
    )
    name = next(name for name, one in application.resources.items() if one["Type"] == "Custom::SigningKeys")
    return {name: {"Jwks": made.jwks, "KeyId": made.key_id}}


@cache
def _connect(service: str, endpoint: str) -> Any:  # noqa: ANN401 - botocore makes its methods at run time
    """Return a client of a service, made once: a new one reads the service's model again, which takes 60 ms."""
    config = Config(connect_timeout=3, read_timeout=30, retries={"total_max_attempts": 2})
    return botocore.session.get_session().create_client(service, endpoint_url=endpoint, config=config)
