"""Fixtures that several tests share, and hypothesis without deadlines: shared machines stall."""

from pathlib import Path

import pytest
from hypothesis import settings

from wfm.report.shown import ShownPlan, run

settings.register_profile("wfm", deadline=None)
settings.load_profile("wfm")

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@pytest.fixture(scope="session")
def quickstart() -> ShownPlan:
    """The quickstart's plan with a small simulation budget: made once for all tests that only read it."""
    return run(SCENARIOS / "quickstart.yaml", ["simulation.contacts=60000", "simulation.replications_min=2"])
