"""`make dev`: the deployed API on this machine, without an AWS account and without Docker.

SAM CLI reads template.yaml, MiniStack stands in for DynamoDB, SES and SSM, warm worker processes for Lambda,
and `gateway.py` for the API Gateway HTTP API. Nothing here is deployed.
"""
