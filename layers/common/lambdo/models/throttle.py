"""What a throttle is: whose it is, and how often it lets something happen."""

from collections.abc import Mapping
from typing import NamedTuple


class Throttle(NamedTuple):
    """So many times in each window of `seconds`; `quotas` has how many, for each counter that is raised."""

    name: str
    who: str
    seconds: int
    quotas: Mapping[str, int]
