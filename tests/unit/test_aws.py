"""What the store's clients send to AWS is what botocore's own would send."""

import re
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from lambdo.table import aws

KEY = {"pk": {"S": "USER#1"}, "sk": {"S": "TASK#1"}}
WRITE = {"TableName": "t", "ConditionExpression": "attribute_exists(pk)"}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "get_item", {"TableName": "t", "Key": KEY}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"t": {"Keys": [KEY]}}}),
    ("dynamodb", "query", {"TableName": "t", "KeyConditionExpression": "pk = :pk"}),
    ("dynamodb", "put_item", {**WRITE, "Item": KEY}),
    ("dynamodb", "update_item", {**WRITE, "Key": KEY, "UpdateExpression": "SET a = :a"}),
    ("dynamodb", "delete_item", {**WRITE, "Key": KEY}),
    ("dynamodb", "batch_write_item", {"RequestItems": {"t": [{"DeleteRequest": {"Key": KEY}}]}}),
    ("dynamodb", "transact_write_items", {"TransactItems": [{"Delete": {**WRITE, "Key": KEY}}], "ClientRequestToken": "1"}),
    ("ssm", "get_parameter", {"Name": "/n", "WithDecryption": True}),
    ("ssm", "put_parameter", {"Name": "/n", "Value": "v", "Type": "SecureString"}),
    ("ssm", "delete_parameter", {"Name": "/n"}),
    ("sesv2", "send_email", {"Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}}),
]  # fmt: skip
ANOTHER_EACH_TIME = {"X-Amz-Date", "amz-sdk-invocation-id"}


def sent(session: botocore.session.Session, service: str, operation: str, arguments: dict[str, Any]) -> tuple[Any, ...]:
    """Return what goes out, but for what is another each time."""
    client: Any = session.create_client(service, config=aws.CONFIG)
    requests: list[Any] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        requests.append(request)
        response: Any = AWSResponse(request.url, 200, HTTPHeaders(), None)
        response._content = b"{}"
        return response  # type: ignore[no-any-return]

    client.meta.events.register("before-send", answer)
    getattr(client, operation)(**arguments)
    (request,) = requests
    headers = {name: str(value) for name, value in request.headers.items() if name not in ANOTHER_EACH_TIME}
    headers["Authorization"] = re.sub("/[0-9]{8}/|Signature=.*", "", headers["Authorization"])
    return request.method, request.url, request.body, headers


@pytest.mark.parametrize(("service", "operation", "arguments"), CALLS, ids=[operation for _, operation, _ in CALLS])
def test_call_is_sent_as_with_all_of_botocores_handlers(
    monkeypatch: pytest.MonkeyPatch, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "list_tasks")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    ours = sent(aws.session.__wrapped__(), service, operation, arguments)
    assert ours == sent(botocore.session.get_session(), service, operation, arguments)
    assert ours[3].keys() >= {"X-Amzn-Trace-Id", "amz-sdk-request"}
