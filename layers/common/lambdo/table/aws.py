"""Calls to AWS: the only importer of botocore.

What may pass is repeated, inside the function's own time; then `ServiceUnavailable` is raised, and anything else as `AwsError`.
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

# https://docs.aws.amazon.com/general/latest/gr/api-retries.html: standard mode waits up to 1 s before the second attempt and
# up to 2 s before the third.
CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    parameter_validation=False,  # what is wrong, the service refuses
    user_agent=f"lambdo Botocore/{botocore.__version__}",  # botocore's own is put together anew, twice a call
)
ATTEMPT: Final = 1 + 2 + 2  # seconds that an attempt takes at worst, with the wait after it
CONFLICT_RETRIES: Final = 3


class AwsError(Exception):
    """An error that a service has answered.

    Parameters
    ----------
    retries
        How often we have sent the call again, beside botocore.
    """

    def __init__(self, error: ClientError, retries: int) -> None:
        super().__init__(str(error))
        self.response: Mapping[str, Any] = error.response
        self.code: str = error.response["Error"]["Code"]
        self.was_sent_before: bool = error.response["ResponseMetadata"]["RetryAttempts"] + retries > 0

    @property
    def reasons(self) -> Sequence[Mapping[str, Any]]:
        """Why a transaction was cancelled, one reason for each of its writes; none for any other error."""
        reasons: Sequence[Mapping[str, Any]] = self.response.get("CancellationReasons", ())
        return reasons

    @property
    def meaning(self) -> Meaning:
        """What comes of it."""
        codes = [reason["Code"] for reason in self.reasons if reason["Code"] != "None"]
        return error_codes.meaning(codes or [self.code], self.response["ResponseMetadata"]["HTTPStatusCode"])


def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Make a call of botocore's name, and return its answer.

    What botocore does not repeat is repeated here: a conflict, and a transaction that throttling has cancelled.

    Raises
    ------
    ServiceUnavailable
        If it failed for a reason that may pass, each time or for as long as there was time.
    AwsError
        If it failed for any other.
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
    """Return the service's client, made once."""
    made = session().create_client(service, config=CONFIG)
    made.meta.events.register("before-send", _stop_in_time)
    return made


@cache
def session() -> botocore.session.Session:
    """Return botocore's session, made once, with only those of its handlers that do anything to our requests.

    The others, 130, are for single services, and cost time at each start and at each call.
    """
    made = botocore.session.Session(include_builtin_handlers=False)
    made.register("before-call", add_recursion_detection_header)  # type: ignore[arg-type]  # its stub knows only **kwargs
    made.register("request-created", add_retry_headers)  # type: ignore[arg-type]
    return made


def _stop_in_time(**_: object) -> None:
    """Let no attempt go out that may not end in time. botocore repeats no exception but its own, so this one gets through."""
    if not budget.covers(ATTEMPT):
        raise ServiceUnavailable("time")
