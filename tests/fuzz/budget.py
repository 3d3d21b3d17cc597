"""The number of requests of a run, kept by Schemathesis itself: its clock counts them instead of seconds.

Schemathesis ends a run after so many seconds (`--max-time`), and shares them out among its phases and the operations. It
bounds numbers only for each operation (`--max-examples`), and those of the phase `coverage` not at all.
"""

from typing import Any

from schemathesis.engine import context, control
from schemathesis.transport.requests import SameHostRedirectsSession

MARGIN = 10  # what one case sends at most: it makes an account, a task and a tag, and checks repeat it without a token


class Clock:
    """Stands in for the module `time` where Schemathesis measures a run."""

    sent = 0

    def count(self, *_: Any) -> None:
        """Count a request that is about to be sent."""
        self.sent += 1

    def monotonic(self) -> float:
        """Return the time: a second for each request."""
        return float(self.sent)


def count_and_send(session: SameHostRedirectsSession, *arguments: Any, **options: Any) -> Any:
    """Count a request of Schemathesis's, and send it."""
    clock.count()
    return super(SameHostRedirectsSession, session).send(*arguments, **options)


clock = Clock()
SameHostRedirectsSession.send = count_and_send  # type: ignore[method-assign, assignment]
for module in (context, control):
    module.time = clock  # type: ignore[attr-defined]
