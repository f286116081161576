"""Bad queues, questions and targets: the message names the argument, the index and the value."""

import math

import pytest

from wfm.erlang.transient.solver import TransientQueue
from wfm.erlang.transient.staffing import staff

GOOD = {"arrival_rate": [0.1, 0.2], "aht": 300.0, "patience": 100.0, "interval": 900.0}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arrival_rate": [0.1, -0.2]}, r"arrival_rate\[1\] is -0.2"),
        ({"arrival_rate": [0.1, math.nan]}, r"arrival_rate\[1\] is nan"),
        ({"aht": [300.0, 0.0]}, r"aht\[1\] is 0"),
        ({"aht": math.inf}, r"aht\[0\] is inf"),
        ({"patience": 0.0}, "patience is 0"),
        ({"patience": -1.0}, "patience is -1"),
        ({"patience": math.nan}, "patience is nan"),
        ({"interval": 0.0}, "interval is 0"),
        ({"interval": math.inf}, "interval is inf"),
        ({"onset": -1.0}, "onset is -1"),
        ({"onset": math.inf}, "onset is inf"),
        ({"onset": 5.0, "leaving": "return_to_queue"}, "onset of patience needs leaving='finish'"),
        ({"lines": -1}, "lines is -1"),
        ({"lines": 2.5}, "lines is 2.5"),
        ({"lines": math.nan}, "lines is nan"),
        ({"leaving": "vanish"}, "leaving is 'vanish'"),
        ({"arrival_rate": lambda t: 0.1, "piece": 0.0}, "piece is 0"),
    ],
)
def test_bad_queues_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        TransientQueue(**GOOD | changes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"agents": [3, -1]}, r"agents\[1\] is -1"),
        ({"agents": [3, 2.5]}, r"agents\[1\] is 2.5"),
        ({"agents": [3, math.nan]}, r"agents\[1\] is nan"),
        ({"agents": [math.inf, 3]}, r"agents\[0\] is inf"),
        ({"agents": [3, 3, 3]}, r"agents has the shape \(3,\); give one number, or one for each of 2 intervals"),
        ({"agents": [3, 3], "threshold": [20.0, -1.0]}, r"threshold\[1\] is -1"),
        ({"agents": [3, 3], "threshold": math.inf}, r"threshold\[0\] is inf"),
        ({"agents": [3, 3], "threshold": [1.0, 2.0, 3.0]}, r"threshold has the shape \(3,\)"),
        ({"agents": [3, 3], "start": "full"}, "start is 'full'"),
        ({"agents": [3, 3], "start": [0.5, 0.2]}, "start must be probabilities"),
        ({"agents": [3, 3], "start": [-0.5, 1.5]}, "start must be probabilities"),
    ],
)
def test_bad_questions_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        TransientQueue(**GOOD).solve(**arguments)


def test_there_may_be_no_steady_state():
    endless = TransientQueue(**GOOD | {"patience": math.inf})
    with pytest.raises(ValueError, match="no steady state: 30 erlang for 30 agents"):
        endless.solve(30, start="stationary")
    with pytest.raises(ValueError, match="aht has 3 values for 2 intervals"):
        TransientQueue(**GOOD | {"aht": [1.0, 2.0, 3.0]}).solve([3, 3])
    with pytest.raises(ValueError, match="start has more contacts than there are lines, 1"):
        TransientQueue(**GOOD, lines=1).solve([3, 3], start=[0.0, 0.0, 1.0])
    for times in ([500.0, 400.0], [-1.0], [1801.0], [math.nan]):
        with pytest.raises(ValueError, match="times must ascend within the intervals"):
            TransientQueue(**GOOD).path([3, 3], times)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "at least one target"),
        ({"sl_offered": (0.8, 20.0), "method": "guess"}, "method is 'guess'"),
        ({"sl_offered": (1.2, 20.0)}, r"sl_offered\[0\] is 1.2"),
        ({"sl_offered": (0.8, -20.0)}, "time of sl_offered"),
        ({"answer_rate": [0.9, -0.1]}, r"answer_rate\[1\] is -0.1"),
        ({"answer_rate": [0.9, 0.9, 0.9]}, r"answer_rate has the shape \(3,\)"),
        ({"occupancy": 0.8, "most": -1}, "most is -1"),
        ({"occupancy": 0.8, "step": 0}, "step is 0"),
        ({"occupancy": 0.8, "every": 1.5}, "every is 1.5"),
        ({"occupancy": 0.8, "every": math.nan}, "every is nan"),
        ({"occupancy": 0.8, "most": math.inf}, "most is inf"),
    ],
)
def test_bad_targets_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        staff(TransientQueue(**GOOD), **arguments)


def test_what_is_no_number_is_named():
    queue = TransientQueue([0.05, 0.4], 180.0, patience=120.0, interval=900.0)
    with pytest.raises(ValueError, match="agents is 'a'; give a number"):
        queue.solve("a")
    with pytest.raises(ValueError, match=r"sl_offered is 0\.8; it must be a share and a time"):
        staff(queue, sl_offered=0.8)
    with pytest.raises(ValueError, match=r"arrival_rate is .*'x'.*; give a number"):
        TransientQueue("x", 180.0, patience=120.0, interval=900.0)


def test_results_are_tables_and_show_themselves():
    queue = TransientQueue([0.05, 0.4], 180.0, patience=120.0, interval=900.0)
    profile = staff(queue, sl_offered=(0.80, 20.0))
    table = profile.to_frame()
    assert table["sl_offered"].tolist() == profile.service.sl_offered.tolist()
    assert table["met"].all()
    assert "<table" in profile._repr_html_()
    moments = queue.path(profile.agents, [0.0, 900.0])
    assert moments.to_frame()["queue"].tolist() == moments.queue.tolist()
    assert "<table" in moments._repr_html_()
    assert "<table" in profile.service._repr_html_()
