"""How much the state machine runs."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Machine, World

# The same runs each time, so that a change that fails here fails everywhere, and one that passes is not blamed for what was
# there before; a failure is told as it is, because to shorten it takes minutes. `make model` makes up other runs, and does.
BUDGET = settings(
    max_examples=16,
    stateful_step_count=50,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
RUNS = os.environ.get("MODEL_RUNS")


def run(world: World, budget: settings) -> None:
    run_state_machine_as_test(lambda: Machine(world), settings=budget)  # type: ignore[arg-type] # it takes factories
