"""The DynamoDB capacity that the current request has used; `table.calls` adds to it, the frames read and reset it.

A Lambda environment serves one request at a time, so one module-level meter is enough.
"""


class Meter:
    """Capacity units and calls since the last reset."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start a new request."""
        self.units = 0.0
        self.calls = 0


meter = Meter()
