"""The one floor that knows DynamoDB and AWS: calls, writes as values, keys, records of requests."""
