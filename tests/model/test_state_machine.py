"""The API against its model: whatever is asked, in whatever order, two at once, and between the pages of lists."""

from hypothesis import Phase, settings

from tests.model.machine import World
from tests.model.runs import BUDGET, RUNS, run


def test_api_answers_as_its_model_does(world: World) -> None:
    run(
        world,
        settings(BUDGET, max_examples=int(RUNS), derandomize=False, phases=[Phase.generate, Phase.shrink])
        if RUNS
        else BUDGET,
    )
