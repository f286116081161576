"""Random small centres, audited: that the engines agree does not make them right."""

import pytest
from hypothesis import given, settings

from tests.simulate.audit import Audit
from tests.simulate.centres import centres
from wfm.simulate.centre import Centre
from wfm.simulate.crowd import Crowd
from wfm.simulate.engines import many


@pytest.mark.parametrize(
    "check",
    [
        "agents_do_one_thing_at_a_time", "agents_know_how", "nobody_waits_beyond_patience", "first_come_first_answered",
        "times_add_up", "nobody_waits_while_an_agent_is_idle", "lines_hold_so_many", "contacts_go_on_where_they_stopped",
    ],
)  # fmt: skip
def test_an_audit(check: str) -> None:
    @settings(max_examples=250, deadline=None)
    @given(centres())
    def audited(case: tuple[Centre, Crowd]) -> None:
        getattr(Audit(*case, many.play_centre(*case)), check)()

    audited()
