"""An account that many clients work on, and what all of them were answered: the evidence that is judged afterwards."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.histories import Operation

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Walk:
    """All pages of a list of tasks: the ids in the order shown."""

    sent: float
    answered: float
    ids: Sequence[str]


@dataclass
class Account:
    """Histories by item id; things are added to them and never taken away, so that any thread may look."""

    email: str
    tasks: dict[str, list[Operation]] = field(default_factory=lambda: defaultdict(list))
    tags: dict[str, list[Operation]] = field(default_factory=lambda: defaultdict(list))
    labels: list[str] = field(default_factory=list)  # tags that are not deleted, which tasks are linked to
    passing: list[str] = field(default_factory=list)  # tags that one client will delete
    bundles: dict[str, set[str]] = field(default_factory=dict)  # tasks that nobody changes, with passing tags
    walks: list[Walk] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
