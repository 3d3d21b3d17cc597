"""Custom resource Custom::SigningKeys - creates, rotates and deletes the keys of a stack."""

import json
import urllib.request
from typing import Any

from lambdo.base.budget import ANSWER
from lambdo.base.logger import logger
from lambdo.web.process import begin_invocation, prepare_process

from . import keyring

SECONDS = 5  # to connect to CloudFormation's address, and again to wait for its response


def handler(event: dict[str, Any], context: Any) -> None:  # noqa: ANN401 - Lambda's own, untyped
    """Carry out CloudFormation's request and always respond: without a response it would wait for an hour.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
    """
    begin_invocation(context, reserved=2 * SECONDS + ANSWER)
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    properties = event["ResourceProperties"]
    parameters = properties["SigningKeysParameter"], properties["CursorKeysParameter"]
    answer["PhysicalResourceId"] = event.get("PhysicalResourceId", parameters[0])
    try:
        if event["RequestType"] == "Delete":
            keyring.delete(*parameters)
        else:
            answer["PhysicalResourceId"] = parameters[0]
            jwks, key_id = keyring.provision(*parameters, int(properties["KeyVersion"]))
            answer["Data"] = {"Jwks": jwks, "KeyId": key_id}
        answer["Status"] = "SUCCESS"
    except Exception as error:
        logger().exception("the keys could not be provisioned")
        answer |= {"Status": "FAILED", "Reason": f"{type(error).__name__}; see log stream {context.log_stream_name}"}
    _send(event["ResponseURL"], answer)


def _send(url: str, answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    # The content type is empty because the presigned URL was signed without one.
    request = urllib.request.Request(url, body, {"content-type": ""}, method="PUT")  # noqa: S310 - CloudFormation's own
    with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
        response.read()


prepare_process(uses_aws=True)
