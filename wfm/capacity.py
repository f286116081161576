"""From agents on queue to people on the payroll, seats, licences and lines, side by side (economics A2, B2, B3).

The classic mistakes are to buy as many seats as there are heads, and to add shrinkages up: nested shares multiply, and the
people for ``n`` on queue are ``n / (1 - s)``, not ``n (1 + s)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from wfm.core import registry
from wfm.core.contracts import CONTRACTS
from wfm.core.errors import InputError, Problem
from wfm.core.inputs import Inputs, Quantity, Rate, Share, assumed

if TYPE_CHECKING:
    import pandas as pd

_DAYS_PER_YEAR = 365
_WEEKS_PER_MONTH = _DAYS_PER_YEAR / 12 / 7
_KIND_COLUMNS = ("kind", "shifts_per_week", "rostered_shifts", "shifts_per_person", "paid_hours_month", "fte", "heads")
_PartShare = Annotated[Share, Field(lt=1)]
_Count = Annotated[int, Field(ge=0, le=10**6)]


class Shrinkage(Inputs):
    """Paid time that is not spent on queue. Breaks that lie in the shift are in the shift and not counted here again."""

    in_office: _PartShare = assumed(
        0.06, "present but not on queue: meetings, coaching, training, short breaks", "在岗缩减（会议、辅导、培训、小休）", "share"
    )
    out_of_office: _PartShare = assumed(
        0.08, "rostered but absent: leave, sickness, lateness", "离岗缩减（休假、病事假、迟到）", "share", "of rostered time"
    )

    def total(self) -> float:
        """Both together."""
        return nested(self.in_office, self.out_of_office)


class Leaders(Inputs):
    """Team leaders. They walk the floor: they need a licence to listen in, and share the agents' desks unless told otherwise."""

    span: Annotated[Quantity, Field(gt=0)] = assumed(
        15.0, "agents present for each leader", "管理幅度（每名班组长带的人数）", "agents", "12-18"
    )
    own_desk: bool = assumed(False, "leaders have desks of their own", "班组长单独占用工位")


class Reserves(Inputs):
    """People and desks beyond what the shifts ask for."""

    attrition_buffer: _PartShare = assumed(0.0, "share of full-time posts vacant at any time", "流失缓冲", "share")
    trainees: _Count = assumed(0, "people on the payroll and still in training", "在训人数", "people")
    desk_buffer: Rate = assumed(0.0, "spare desks", "备用工位比例", "share")
    holidays_open: Annotated[Quantity, Field(le=_DAYS_PER_YEAR)] = assumed(
        13.0,
        "statutory holidays a year on which the centre is open",
        "营业的法定节假日天数",
        "days/year",
        "13 since 2025, all worked",
    )


@dataclass(frozen=True)
class People:
    """The chain from agents to heads, seats and licences.

    Attributes
    ----------
    agents, present, rostered
        At the busiest moment: required on queue, in the building, and on the roster with those absent.
    fte
        Agents' paid hours / 165.33; leaders are not in it.
    heads
        On the payroll, leaders included.
    seats, licences_concurrent, licences_named, lines
        Desks, people logged in at once, accounts, trunk lines.
    holiday_hours_month
        Full-timers' hours worked on statutory holidays, in an average month: paid on top of the monthly wage.
    kinds
        One row for each kind (``full_time``, ``part_time``, ``leader``): ``shifts_per_week`` at work, ``rostered_shifts`` a week
        with absence, ``shifts_per_person`` a week, ``paid_hours_month``, ``fte``, ``heads``; nan where shifts have no meaning.
    """

    period: str
    site: str
    agents: float
    present: float
    rostered: float
    fte: float
    heads: int
    seats: int
    licences_concurrent: int
    licences_named: int
    lines: int
    holiday_hours_month: float
    kinds: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The chain side by side: contract ``people``, one row."""
        import pandas as pd

        return pd.DataFrame([{column: getattr(self, column) for column in CONTRACTS["people"].columns}])

    def heads_of(self, kind: str) -> int:
        """People of one kind on the payroll, 0 where there is none."""
        return int(self.kinds.loc[self.kinds["kind"] == kind, "heads"].sum())

    @property
    def part_time_hours_month(self) -> float:
        """Hours paid to part-timers in an average month."""
        return float(self.kinds.loc[self.kinds["kind"] == "part_time", "paid_hours_month"].sum())


def nested(*shares: float) -> float:
    """Shares of what the share before leaves: ``1 - prod(1 - s)``; 10, 8 and 12 % are 27.136 %, not 30 %."""
    return 1 - math.prod(1 - _checked_share(share) for share in shares)


def gross_up(people: float, share: float) -> float:
    """People needed so that ``people`` remain after a shrinkage: ``n / (1 - s)``; 24 at 30 % are 34.29."""
    return people / (1 - _checked_share(share))


def heads_for_hours(weekly_hours: float, share: float, contract_hours: float = 40.0) -> float:
    """People for so many staffed hours a week, in posts: one position round the clock at 30 % is 168 / (40 x 0.7) = 6.0."""
    return gross_up(weekly_hours, share) / contract_hours


def people(
    cover: pd.DataFrame,
    weekly: pd.DataFrame,
    shrinkage: Shrinkage,
    leaders: Leaders,
    lines: int = 0,
    *,
    reserves: Reserves | None = None,
    period: str = "",
    site: str = "main",
) -> People:
    """The people chain of a schedule.

    Parameters
    ----------
    cover
        Contract ``cover``: people present and agents required, by interval and group.
    weekly
        One row for each shift template: ``kind`` (``full_time`` or ``part_time``), ``shifts_per_week`` at work on average,
        ``busiest_week`` (where absent, the average), ``hours_per_shift`` paid, ``shifts_per_person_week``; optionally
        ``day_of_kind``, people of the kind at work on one day, at most.
    lines
        Trunk lines, from Erlang B.
    reserves
        Buffers; by default none, open on all statutory holidays.
    period, site
        Key of the row.

    Returns
    -------
    People
        Heads of a kind are ``max(ceil(fte / (1 - attrition buffer)) + trainees, ceil(rostered shifts of the busiest week / shifts a
        person), ceil(people rostered on one day))``: nobody works two shifts a day, which tells where one day is far busier than
        its week. The fte of that formula is the full-timers' normal time: hours on statutory holidays are
        paid extra and do not need more people. Part-timers have no standard month, so their posts stand in for the fte; they are
        paid for the hours they work, full-timers for the hours they are rostered. Seats are the agents' desks at the busiest
        moment; concurrent licences are agents present and leaders on duty; named ones are heads.

    Raises
    ------
    InputError
        A template has no hours or no shifts a person, or an unknown kind.
    """
    import pandas as pd

    _refuse(weekly)
    spare = reserves or Reserves()
    at_once = cover.groupby("start")[["present", "required"]].sum()
    present = float(at_once["present"].max()) if len(at_once) else 0.0
    reachable = at_once["required"][at_once["required"] < math.inf]
    agents = float(reachable.max()) if len(reachable) else 0.0
    on_duty = _up(present / leaders.span)

    rows = [_kind(kind, weekly[weekly["kind"] == kind], shrinkage, spare) for kind in ("full_time", "part_time")]
    month = registry.point("labour_cn.month_hours").value
    boss = {"kind": "leader", "heads": on_duty, "fte": float(on_duty), "paid_hours_month": on_duty * month}
    kinds = pd.DataFrame([*(row for row in rows if row), boss], columns=list(_KIND_COLUMNS))
    heads = int(kinds["heads"].sum())
    full_time = weekly[weekly["kind"] == "full_time"]
    worked = float((full_time["shifts_per_week"] * full_time["hours_per_shift"]).sum()) * _WEEKS_PER_MONTH
    return People(
        period=period,
        site=site,
        agents=agents,
        present=present,
        rostered=gross_up(present, shrinkage.out_of_office),
        fte=float(kinds.loc[kinds["kind"] != "leader", "fte"].sum()),
        heads=heads,
        seats=_up(present * (1 + spare.desk_buffer)) + (on_duty if leaders.own_desk else 0),
        licences_concurrent=_up(present) + on_duty,
        licences_named=heads,
        lines=int(lines),
        holiday_hours_month=worked * spare.holidays_open / _DAYS_PER_YEAR,
        kinds=kinds,
    )


def _kind(kind: str, weekly: pd.DataFrame, shrinkage: Shrinkage, spare: Reserves) -> dict[str, object]:
    """One kind's row, empty where no template of that kind has shifts."""
    if not (weekly["shifts_per_week"] > 0).any():
        return {}
    full_time = kind == "full_time"
    month = registry.point("labour_cn.month_hours").value
    shifts, each = weekly["shifts_per_week"], weekly["shifts_per_person_week"]
    busiest = weekly.get("busiest_week", shifts)
    worked = float((shifts * weekly["hours_per_shift"]).sum()) * _WEEKS_PER_MONTH
    paid = gross_up(worked, shrinkage.out_of_office) if full_time else worked
    one_day = float(weekly["day_of_kind"].max()) if "day_of_kind" in weekly else 0.0
    posts = gross_up(max(float((busiest / each).sum()), one_day), shrinkage.out_of_office)
    rostered = gross_up(float(shifts.sum()), shrinkage.out_of_office)
    fte = paid / month
    heads = _up(posts)
    if full_time:
        normal = fte * (1 - spare.holidays_open / _DAYS_PER_YEAR)
        heads = max(_up(normal / (1 - spare.attrition_buffer)) + spare.trainees, heads)
    return {
        "kind": kind, "shifts_per_week": float(shifts.sum()), "rostered_shifts": rostered,
        "shifts_per_person": float(busiest.sum() / (busiest / each).sum()), "paid_hours_month": paid, "fte": fte, "heads": heads,
    }  # fmt: skip


def _refuse(weekly: pd.DataFrame) -> None:
    problems = [
        Problem("a shift template needs this above 0", f"weekly.{column}", value)
        for column in ("hours_per_shift", "shifts_per_person_week")
        for value in weekly[column]
        if not value > 0
    ]
    problems += _unknown(weekly["kind"])
    if problems:
        raise InputError(*problems)


def _unknown(kinds: Iterable[str]) -> list[Problem]:
    known = ("full_time", "part_time")
    return [
        Problem("no such kind of work", "weekly.kind", k, "Kinds: {kinds}", values={"kinds": ", ".join(known)})
        for k in kinds
        if k not in known
    ]


def _up(number: float) -> int:
    """Whole people; a rounding error is not a person."""
    return math.ceil(number - 1e-9)


def _checked_share(share: float) -> float:
    if not 0 <= share < 1:
        raise InputError(Problem("a shrinkage is a share from 0 to below 1", key="share", value=share, way_out="Write 8 % as 0.08"))
    return share
