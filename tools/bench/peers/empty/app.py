"""The floor: what Python and Lambda's runtime client cost by themselves."""


def handler(event: object, context: object) -> dict[str, int]:  # noqa: ARG001
    """Answer 204."""
    return {"statusCode": 204}
