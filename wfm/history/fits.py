"""Handle time and patience fitted from per-contact records, with what was left out and why.

Handle times are summed up by their mean and coefficient of variation, and by the lognormal of their logarithms (Brown et al. 2005,
JASA 100(469), found call centres' handle times lognormal). Patience is seen only of those who hung up: who was answered is known to
have been willing to wait at least as long (censored). The exponential's maximum likelihood is total waiting / number who hung up;
the Kaplan-Meier curve assumes no family.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wfm.history.calls import Calls

#: Shorter handle times are artefacts: dropped lines, wrong buttons [s].
SHORTEST = 10.0
#: Fewer records say too little.
FEWEST = 30
_MORE = "Give at least {fewest}, or write the values into contact yourself"


@dataclass(frozen=True)
class HandleTime:
    """Handle times of handled contacts.

    Attributes
    ----------
    mean, cv
        Mean [s] and coefficient of variation.
    wrap
        Mean after-call work within it [s]; NaN where the records do not tell it apart.
    mu, sigma
        Mean and standard deviation of the logarithms: the lognormal's parameters.
    n
        Records used.
    left_out
        Reason to number of handled records left out.
    """

    mean: float
    cv: float
    mu: float
    sigma: float
    n: int
    wrap: float = math.nan
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FittedPatience:
    """Willingness to wait.

    Attributes
    ----------
    mean
        Censored maximum likelihood of the exponential [s]: total waiting beyond ``onset`` / number who hung up after it.
    onset
        The wait before which nobody is taken to hang up [s].
    median
        Wait at which half would have hung up by Kaplan-Meier [s]; inf where the curve stays above one half.
    shape, scale
        Censored maximum likelihood of the Weibull; a shape below 1 says that who has waited long waits on.
    n, hung_up
        Records used, and how many of them hung up.
    left_out
        Reason to number of records left out.
    """

    mean: float
    onset: float
    median: float
    shape: float
    scale: float
    n: int
    hung_up: int
    left_out: Mapping[str, int] = field(default_factory=dict)


def fit_handle_time(calls: Calls, *, shortest: float = SHORTEST) -> HandleTime:
    """Handle time of the records that were handled by somebody for at least ``shortest`` seconds.

    Raises
    ------
    InputError
        Fewer than 30 such records.
    """
    import numpy as np

    table = calls.table
    handled = (table["outcome"] == "handled").to_numpy()
    seconds = table["handle_time"].to_numpy()
    nobody = np.asarray(table["agent"] == "") if calls.has_agents else np.zeros(len(table), dtype=bool)
    missing = handled & np.isnan(seconds)
    unmanned = handled & ~missing & nobody
    with np.errstate(invalid="ignore"):
        short = handled & ~missing & ~unmanned & (seconds < shortest)
    kept = handled & ~missing & ~unmanned & ~short
    used, wraps = seconds[kept], table["wrap"].to_numpy()[kept]
    left_out = {"missing": int(missing.sum()), "no_agent": int(unmanned.sum()), "short": int(short.sum())}
    if len(used) < FEWEST:
        message = "only {count} handled contacts with a handle time: too few to fit from"
        raise InputError(Problem(message, way_out=_MORE, file=calls.name, values={"count": len(used), "fewest": FEWEST}))
    logs = np.log(used)
    mean = float(used.mean())
    wrap = math.nan if np.isnan(wraps).all() else float(np.nan_to_num(wraps).mean())
    deviation, sigma = float(used.std(ddof=1)), float(logs.std(ddof=1))
    return HandleTime(mean, deviation / mean, float(logs.mean()), sigma, len(used), wrap, left_out)


def fit_patience(calls: Calls, *, onset: float = 0.0) -> FittedPatience:
    """Patience of the contacts that waited for a person: hung up while waiting, or were answered.

    Left out: contacts that hung up without waiting (they left in the announcement or came out of hours), contacts that ended
    otherwise, and those whose wait is not known.

    Parameters
    ----------
    onset
        Wait before which nobody is taken to hang up [s]; the mean is that of the wait beyond it.

    Raises
    ------
    InputError
        Fewer than 30 records, or nobody hung up.
    """
    import numpy as np

    from wfm.erlang.estimation import exponential, survival_curve

    table = calls.table
    outcome, waits = table["outcome"], table["wait"].to_numpy()
    hung_up = (outcome == "abandoned").to_numpy()
    waited = hung_up | (outcome == "handled").to_numpy()
    missing = waited & np.isnan(waits)
    at_once = hung_up & (waits == 0)
    used = waited & ~missing & ~at_once
    left_out = {"missing": int(missing.sum()), "at_once": int(at_once.sum()), "otherwise": int((~waited).sum())}
    if used.sum() < FEWEST:
        message = "only {count} contacts with a wait: too few to fit from"
        raise InputError(Problem(message, way_out=_MORE, file=calls.name, values={"count": int(used.sum()), "fewest": FEWEST}))
    wait, event = waits[used], hung_up[used]
    count = int((event & (wait >= onset)).sum())
    if not count:
        way_out = "Write contact.patience yourself, e.g. patience: {onset: 0s, then_mean: never}"
        raise InputError(
            Problem("nobody hung up while waiting in these records: patience cannot be fitted", way_out=way_out, file=calls.name)
        )
    shape, scale = _weibull(wait, event)
    fitted = exponential(wait, event, onset=onset).mean
    return FittedPatience(fitted, onset, survival_curve(wait, event).median, shape, scale, len(wait), count, left_out)


def _weibull(wait: NDArray[np.float64], event: NDArray[np.bool_]) -> tuple[float, float]:
    """(shape, scale), NaN where the records cannot tell."""
    from wfm.erlang.estimation import weibull

    try:
        fit = weibull(wait, event)
    except ValueError:
        return math.nan, math.nan
    return fit.shape, fit.scale
