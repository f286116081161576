"""Figures of the peak day from a plan in Jupyter."""

import pytest

from tests.cli.commands import QUICKSTART, SMALL
from wfm.report.shown import run


def test_figures_of_the_peak_day_are_plotly_figures():
    plan = run(QUICKSTART, [*SMALL, "report.day=2027-07-05"])
    for name in ("peak_agents", "peak_service", "peak_queue"):
        assert name in repr(plan.plot)
        figure = getattr(plan.plot, name)("en")
        assert len(figure.data) >= 2
        assert any(len(trace.x) > 5 for trace in figure.data if trace.x is not None)


def test_without_a_peak_day_the_way_out_is_told():
    plan = run(QUICKSTART, SMALL)
    assert "peak" not in repr(plan.plot)
    with pytest.raises(ValueError, match=r"name one as report\.day"):
        plan.plot.peak_queue()
