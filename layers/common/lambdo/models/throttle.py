"""The shape of a throttle: whom it counts, and how often it allows something."""

from collections.abc import Mapping
from typing import NamedTuple


class Throttle(NamedTuple):
    """A limit for each window of `seconds`; `quotas` has one limit for each counter that is raised."""

    name: str
    who: str
    seconds: int
    quotas: Mapping[str, int]
