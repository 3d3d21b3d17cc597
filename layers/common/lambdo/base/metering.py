"""What the current request has used of DynamoDB; the store adds, @endpoint reads and resets.

A Lambda environment serves one request at a time, so one module-level meter is enough.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """Capacity units and calls since the last reset."""

    units: float = 0.0
    calls: int = 0

    def reset(self) -> None:
        """Start a new request."""
        self.units = 0.0
        self.calls = 0


meter = Meter()
