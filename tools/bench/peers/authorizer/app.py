"""The usual authorizer: a token signed by a shared secret, which boto3 reads from Parameter Store at init."""

import os
from typing import Any

import boto3
import jwt
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
secret = boto3.client("ssm").get_parameter(Name=os.environ["SECRET_PARAMETER"], WithDecryption=True)["Parameter"][
    "Value"
]


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Let in whoever has a good token."""
    try:
        claims = jwt.decode(
            event["identitySource"][0].removeprefix("Bearer "),
            secret,
            algorithms=["HS256"],
            issuer=os.environ["TOKEN_ISSUER"],
            audience="lambdo-api",
            options={"require": ["exp", "sub", "sid"]},
        )
    except jwt.InvalidTokenError as error:
        logger.info("token refused", reason=str(error))
        return {"isAuthorized": False}
    logger.append_keys(user_id=claims["sub"])
    logger.info("token accepted")
    return {"isAuthorized": True, "context": {"user_id": claims["sub"], "sid": claims["sid"], "exp": claims["exp"]}}
