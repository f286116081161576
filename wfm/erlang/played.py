"""Service levels of intervals or days that were played, each number with its Monte Carlo standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wfm.erlang.formulas.staffing import SLACK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]


class Estimate(NamedTuple):
    """A number and its Monte Carlo standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Played:
    """What was played.

    Attributes
    ----------
    offered, answered_within
        Contacts by replication and interval of arrival, and those answered within the threshold.
    """

    offered: Counts
    answered_within: Counts

    @property
    def levels(self) -> NDArray[np.float64]:
        """`sl_offered` of each replication, all its intervals together; nan where nobody called."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.answered_within.sum(axis=1) / self.offered.sum(axis=1))

    @property
    def mean(self) -> Estimate:
        """Mean of the levels, over replications in which somebody called."""
        x = self._known()
        return Estimate(float(x.mean()), float(x.std()) / math.sqrt(len(x))) if len(x) else Estimate(math.nan, math.nan)

    @property
    def sd(self) -> Estimate:
        """Standard deviation of the levels."""
        x = self._known()
        if not len(x):
            return Estimate(math.nan, math.nan)
        squares = (x - x.mean()) ** 2
        sd = math.sqrt(float(squares.mean()))
        return Estimate(sd, float(squares.std()) / math.sqrt(len(x)) / (2.0 * sd) if sd > 0.0 else 0.0)

    @property
    def call_weighted(self) -> Estimate:
        """Answered within the threshold / offered over all replications: what a report over many of them shows."""
        within, offered = self.answered_within.sum(axis=1), self.offered.sum(axis=1)
        if not offered.sum():
            return Estimate(math.nan, math.nan)
        ratio = float(within.sum() / offered.sum())
        spread = float((within - ratio * offered).std()) / math.sqrt(len(offered))
        return Estimate(ratio, spread / float(offered.mean()))

    def quantile(self, share: float) -> float:
        """The level that this share of replications does not exceed."""
        x = self._known()
        return float(np.quantile(x, share, method="inverted_cdf")) if len(x) else math.nan

    def probability(self, share: float) -> Estimate:
        """Probability that the level is at least `share`; where nobody called, the target is met.

        The standard error counts two more successes and two more failures (Agresti and Coull 1998), so that it is not 0
        where all replications agree.
        """
        met = self.answered_within.sum(axis=1) >= share * (1.0 - SLACK) * self.offered.sum(axis=1)
        count = len(met)
        adjusted = (int(met.sum()) + 2.0) / (count + 4.0)
        return Estimate(float(met.mean()), math.sqrt(adjusted * (1.0 - adjusted) / (count + 4.0)))

    def _known(self) -> NDArray[np.float64]:
        levels = self.levels
        return levels[~np.isnan(levels)]
