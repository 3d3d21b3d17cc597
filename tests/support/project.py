"""A small project for a local server to serve."""

import shutil
from pathlib import Path

from tools.local.running import ROOT

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
