"""Whether the table can be read."""

from lambdo.store import keys, table


def get() -> None:
    """Read an item that is never there; raises ServiceUnavailable if DynamoDB does not answer. One call, 1 RRU."""
    table.get(keys.HEALTH, keys.HEALTH)
