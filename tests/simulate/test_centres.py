"""Centres of many queues: both engines leave the same visits, small nasty centres and longer ones of each kind."""

from hypothesis import given, settings

from tests.simulate.centres import both, centres
from wfm.simulate.centre import Centre
from wfm.simulate.crowd import Crowd


@settings(max_examples=600, deadline=None)
@given(centres())
def test_small_nasty_centres(case: tuple[Centre, Crowd]) -> None:
    both(*case)
