"""Patience of any distribution as the formulas take it: exactly where they know the family, else as a curve in fine steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wfm.core.contacts import ContactType
    from wfm.core.distributions import Distribution
    from wfm.erlang.impatience import Patience

#: Steps of a curve: 400 of them, up to two hours, each a thirtieth longer than the one before. The KPIs that follow are within two
#: ten-thousandths of themselves (tests/test_staffing_patience.py).
STEPS, FIRST, LAST = 400, 0.05, 7200.0
#: Wait up to which linked intervals are to lose as many as the contact's own patience does.
SEEN = 300.0


def formula_patience(patience: Distribution) -> Patience:
    """The distribution for `wfm.erlang.MMnG`.

    Exponential, delayed, Weibull and lognormal patience, and shares of them who hang up at once, are exact. Whatever else there is
    (gamma, measured hazards, people who never hang up, announcements) becomes a survival curve in steps, each as high as the true
    one in its middle; past its end those who are left hang up at its last rate.
    """
    from wfm.core import distributions as d
    from wfm.erlang import impatience

    if isinstance(patience, d.Balking):
        return impatience.Balking(patience.share, formula_patience(patience.others))
    if isinstance(patience, d.Delayed):
        return impatience.Delayed(patience.onset, patience.then_mean)
    if isinstance(patience, d.Exponential):
        return impatience.Exponential(patience.mean)
    if isinstance(patience, d.Weibull):
        return impatience.Weibull(patience.scale, patience.shape)
    if isinstance(patience, d.Lognormal) and patience.cv > 0:
        return impatience.Lognormal(patience.mean, patience.cv)
    return _curve(patience)


def _curve(patience: Distribution) -> Patience:
    import numpy as np

    from wfm.erlang import impatience

    edges = np.concatenate(([0.0], np.geomspace(FIRST, LAST, STEPS)))
    times = np.unique(np.concatenate((edges, [t for t in patience._kinks if t < LAST])))  # no step runs across a jump
    middles = (times[1:] + times[:-1]) / 2
    shares = np.minimum.accumulate(patience.survival(middles))
    hazard = patience.hazard(LAST)
    tail = 1 / hazard if 0 < hazard < np.inf and not patience._never else np.inf
    return impatience.Empirical(tuple(times[:-1].tolist()), tuple(shares.tolist()), tail=float(tail))


def exponential_alike(contact: ContactType) -> tuple[float, float]:
    """Onset and mean thereafter [s] of the patience that linked intervals know: the contact's own, or an exponential one.

    The exponential one is what records of that patience would show in which every wait ends after five minutes: the time waited
    over the number who hung up (censored maximum likelihood). inf where nobody does by then.
    """
    patience = contact.patience_distribution
    if patience is None:
        return contact.patience.onset, contact.patience.then_mean
    import numpy as np

    step = SEEN / 3000
    waited = float(np.sum(patience.survival(np.arange(step / 2, SEEN, step)))) * step
    gone = 1.0 - float(patience.survival(SEEN))
    return 0.0, waited / gone if gone > 0 else np.inf
