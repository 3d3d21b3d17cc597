"""The routes of tests/endpoints as parameters of tests."""

from collections.abc import Callable, Sequence

import pytest

from tests.endpoints import ENDPOINTS
from tools.in_process.endpoints import Endpoint


def each(which: Callable[[Endpoint], object] = bool) -> pytest.MarkDecorator:
    """Run a test for each endpoint that is so."""
    return among(list(filter(which, ENDPOINTS)))


def among(endpoints: Sequence[Endpoint]) -> pytest.MarkDecorator:
    """Run a test for each of these endpoints."""
    return pytest.mark.parametrize("endpoint", endpoints, ids=str)


PUBLIC = {str(endpoint) for endpoint in ENDPOINTS if endpoint.public}
GUARDED = [endpoint for endpoint in ENDPOINTS if not endpoint.public]
NAMING_A_USER = [endpoint for endpoint in GUARDED if "user_id" in endpoint.parameters]
