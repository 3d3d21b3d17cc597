"""The only folder that knows DynamoDB and AWS: calls, writes as values, keys, records of requests."""
