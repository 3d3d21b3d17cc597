"""Rules and writes: imperative functions that know neither HTTP nor DynamoDB."""
