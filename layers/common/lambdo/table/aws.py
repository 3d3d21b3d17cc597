"""Calls to AWS. Only this module imports botocore.

Transient failures are retried while the function has time, and then raise `ServiceUnavailable`. All other errors raise
`AwsError`.
"""

import random
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.handlers import add_recursion_detection_header, add_retry_headers

from lambdo.base.budget import budget
from lambdo.base.problems import ServiceUnavailable
from lambdo.table import error_codes
from lambdo.table.error_codes import Meaning

# https://docs.aws.amazon.com/general/latest/gr/api-retries.html: standard mode waits up to 1 s before the second
# attempt and up to 2 s before the third.
CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    parameter_validation=False,  # the service refuses invalid ones
    user_agent=f"lambdo Botocore/{botocore.__version__}",  # botocore builds its own again, twice a call
)
ATTEMPT: Final = 1 + 2 + 2  # seconds that an attempt takes at most, including the wait after it
CONFLICT_RETRIES: Final = 3


class AwsError(Exception):
    """An error response of a service.

    Parameters
    ----------
    retries
        How often this module retried the call, not counting botocore's retries.
    """

    def __init__(self, error: ClientError, retries: int) -> None:
        super().__init__(str(error))
        self.response: Mapping[str, Any] = error.response
        self.code: str = error.response["Error"]["Code"]
        self.was_sent_before: bool = error.response["ResponseMetadata"]["RetryAttempts"] + retries > 0

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """The reasons why a transaction was cancelled, one for each of its writes; empty for any other error."""
        reasons: Sequence[Mapping[str, Any]] = self.response.get("CancellationReasons", ())
        return reasons

    @property
    def meaning(self) -> Meaning:
        """The meaning of the error's code or, for a cancelled transaction, of its reasons."""
        codes = [reason["Code"] for reason in self.reasons if reason["Code"] != "None"]
        return error_codes.meaning(codes or [self.code], self.response["ResponseMetadata"]["HTTPStatusCode"])


def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Call an operation, by botocore's name for it, and return the response.

    This retries two failures that botocore does not retry: a conflict, and a transaction that was cancelled by
    throttling.

    Raises
    ------
    ServiceUnavailable
        If every attempt failed for a transient reason, or there was no time left for another one.
    AwsError
        If the call failed for any other reason.
    """
    method = getattr(client(service), operation)
    for retries in range(CONFLICT_RETRIES + 1):
        try:
            answer: dict[str, Any] = method(**arguments)
        except (HTTPClientError, NoConnectionError) as error:
            raise ServiceUnavailable("no_answer") from error
        except ClientError as error:
            failure = AwsError(error, retries)
            if failure.meaning not in {Meaning.CONFLICT, Meaning.THROTTLED, Meaning.TRANSIENT}:
                raise failure from error
            repeated_below = failure.meaning is not Meaning.CONFLICT and not failure.reasons
            if repeated_below or retries == CONFLICT_RETRIES:
                raise ServiceUnavailable(failure.meaning.name.lower()) from failure
        else:
            return answer
        time.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - jitter
    raise AssertionError("unreachable")


@cache
def client(service: str) -> Any:  # noqa: ANN401 - botocore makes its methods at run time
    """Return the service's client, which is created once."""
    made = session().create_client(service, config=CONFIG)
    made.meta.events.register("before-send", _stop_in_time)
    return made


@cache
def session() -> botocore.session.Session:
    """Return botocore's session, which is created once, with only the event handlers that affect our requests.

    The other 130 are for single services, and cost time at each start and at each call.
    """
    made = botocore.session.Session(include_builtin_handlers=False)
    made.register("before-call", add_recursion_detection_header)  # type: ignore[arg-type]  # stub: only **kwargs
    made.register("request-created", add_retry_headers)  # type: ignore[arg-type]
    return made


def _stop_in_time(**_: object) -> None:
    """Refuse an attempt that might not end in time. botocore retries only its own exceptions, so it raises this one."""
    if not budget.covers(ATTEMPT):
        raise ServiceUnavailable("time")
