"""The plan's simulation with one feature switched on after the other, on the same customers and the same agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.core.contacts import Spread
from wfm.core.interrupt import heed
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS, over_and_under
from wfm.workload import nobody_redials

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType

    Floats = NDArray[np.float64]

#: What the formula leaves out, in the order in which it is switched on. The first variant is the formula's own world (exponential
#: handle times, every day as forecast, no redials, no end of lines), played: what differs there is that intervals are linked.
FEATURES = ("linked", "spread", "days", "lines", "redials")
#: Numbers of tallies held at once: some 100 MB.
_HELD = 12_000_000


@dataclass(frozen=True, eq=False)
class Variant:
    """One model of the ladder: ``feature`` is what it has and the one before it has not."""

    feature: str
    model: Model


def variants(work: pd.DataFrame, contact: ContactType, lines: int | None) -> list[Variant]:
    """The ladder of models, the plan's own last; a feature that the plan has not is no rung.

    Parameters
    ----------
    work
        Table ``workload`` with ``date``, in order of time.
    lines
        The plan's lines; None for no limit.
    """
    plain = nobody_redials(contact.model_copy(update={"spread": Spread.model_validate({"family": "exponential"})}))
    nothing = {name: np.zeros(len(work)) for name in ("day_cv", "slot_cv")}
    level = {name: work[name].fillna(0.0).to_numpy(float) if name in work else zeros for name, zeros in nothing.items()}
    own_spread, redial = contact.spread, contact.redial
    with_spread = plain.model_copy(update={"spread": own_spread})
    varies = any(values.any() for values in level.values())
    redials = redial.attempts_max > 1 and (redial.after_abandon > 0 or redial.after_busy > 0)
    ladder: list[tuple[str, ContactType, dict[str, Floats], int | None]] = [("linked", plain, nothing, None)]
    if own_spread.family != "exponential" or own_spread.distribution is not None:
        ladder.append(("spread", with_spread, nothing, None))
    if varies:
        ladder.append(("days", with_spread, level, None))
    if lines is not None:
        ladder.append(("lines", with_spread, level, lines))
    if redials:
        ladder.append(("redials", contact, level, lines))
    return [Variant(feature, _model(work, kind, cvs, trunk)) for feature, kind, cvs, trunk in ladder]


def played(
    model: Model, agents: Floats, *, seed: int, replications: int, threshold: float | Floats, kpis: tuple[str, ...]
) -> Iterator[Floats]:
    """Sums of KPIs, a part of the replications after the other.

    Yields
    ------
    ndarray
        float64[r, K, len(kpis), 2]: numerator and denominator of each KPI in each replication and interval.
    """
    at_once = max(1, int(_HELD / (max(len(agents), 1) * len(COLUMNS))))
    for first in range(0, replications, at_once):
        heed()
        count = min(at_once, replications - first)
        tallies = replicate(model, agents, seed=seed, replications=count, threshold=threshold, first=first)
        yield np.stack([np.stack(over_and_under(tallies, name), axis=-1) for name in kpis], axis=-2)


def _model(work: pd.DataFrame, contact: ContactType, level: dict[str, Floats], lines: int | None) -> Model:
    return Model.of(
        contact,
        start=(work["start"] - work["start"].iloc[0]).to_numpy().astype("timedelta64[us]").astype(np.int64),
        length=np.round(work["duration"].to_numpy(float) * SECOND).astype(np.int64),
        rate=work["arrival_rate"].to_numpy(float),
        agents=np.zeros(len(work), dtype=np.int64),  # drawn anew for each replication
        aht=work["aht"].to_numpy(float),
        day=np.array([day.toordinal() for day in work["date"]], dtype=np.int64),
        lines=lines,
        **level,
    )
