"""A plan read back from its folder: from plan.json and its tables, without planning again."""

from __future__ import annotations

import ast
import hashlib
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Problem
from wfm.core.tables import completed, read_table
from wfm.report.planjson import VERSION

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan
    from wfm.scenario.model import Scenario
    from wfm.scenario.origins import Origin

#: Tables under a contract of another name.
_CONTRACTS = {"shifts": "schedule"}
#: Tables that are made from others anew.
_DERIVED = ("forecast_days", "origins")
_NEEDED = (
    "forecast",
    "workload",
    "requirement",
    "shifts",
    "cover",
    "shortfalls",
    "weekly_shifts",
    "service",
    "service_overall",
    "service_days",
    "weekdays",
    "promises",
    "people",
    "heads",
    "ledger",
    "options",
    "break_evens",
)
#: Tables that a plan may have.
_OPTIONAL = ("history", "repairs", "beside_cells", "beside_intervals", "peak_intervals", "peak_hours", "peak_minutes")
_AGAIN = "Write it again with wfm run"


def read_plan(folder: str | Path) -> Plan:
    """The plan in a folder that `wfm.report.files.write_outputs` wrote.

    It renders to the same report, byte for byte. A table that was edited since, or replaced by the planner's own, is taken as it
    stands; nothing that follows from it is computed anew, and ``overrides`` of the plan names its file. Of the simulation, the
    records of single contacts (``contacts``) and quantiles of single intervals (``bands``) are not saved: those tables are empty.

    Parameters
    ----------
    folder
        The folder, or the plan.json in it.

    Raises
    ------
    InputError
        No plan there, one of another version, or files that are missing or cannot be read: every problem found.
    """
    root = Path(folder)
    file = root if root.name.endswith(".json") else root / "plan.json"
    value = plan_values(file)
    return _sound(file, lambda: _plan(value, file))


def plan_values(file: Path) -> dict[str, Any]:
    """The JSON object of a plan.json, its version checked.

    Raises
    ------
    InputError
        No such file, not JSON, not a plan, or a plan of another version.
    """
    try:
        # From bytes, so that what Windows PowerShell saved with ">" is known as UTF-16 by its mark.
        value = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise InputError(
            Problem(
                "there is no plan here", file=str(file), way_out="Make one with wfm run, or name the folder that holds plan.json"
            )
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(Problem("not readable as JSON", file=str(file), line=error.lineno, way_out=_AGAIN)) from None
    except UnicodeDecodeError:
        raise InputError(Problem("not readable as JSON", file=str(file), way_out=_AGAIN)) from None
    if not isinstance(value, dict) or "wfm_plan" not in value:
        raise InputError(Problem("not a plan.json of wfm", file=str(file), way_out=_AGAIN))
    if value["wfm_plan"] != VERSION:
        raise InputError(
            Problem(
                "a plan of version {found}; this wfm reads version {known}",
                file=str(file),
                key="wfm_plan",
                way_out=_AGAIN,
                values={"found": value["wfm_plan"], "known": VERSION},
            )
        )
    return value


def saved_scenario(value: dict[str, Any], file: Path) -> Scenario:
    """The scenario in the object of a plan.json.

    Raises
    ------
    InputError
        It is no scenario.
    """
    import pydantic

    from wfm.scenario.model import Scenario

    try:
        scenario = Scenario.model_validate(value["scenario"])
    except pydantic.ValidationError as error:
        places = [".".join(["scenario", *map(str, entry["loc"])]) for entry in error.errors()[:20]]
        message = "the plan's scenario cannot be read here"
        raise InputError(*(Problem(message, key=place, file=str(file), way_out=_AGAIN) for place in places)) from None
    # Which values were fitted from records stands beside them, not in them.
    rows = value.get("origins", ())
    fitted = {row["key"].removeprefix("contact."): row["source"] for row in rows if row.get("kind") == "fitted"}
    return scenario.model_copy(update={"contact": scenario.contact.with_fitted({}, fitted)}) if fitted else scenario


def _sound(file: Path, read: Callable[[], Plan]) -> Plan:
    """What ``read`` gives; a plan.json that was edited into nonsense is bad input, whatever breaks on it."""
    try:
        return read()
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        what = str(error.args[0] if error.args else type(error).__name__)[:80]
        raise InputError(
            Problem("the plan's parts do not fit together ({what})", file=str(file), way_out=_AGAIN, values={"what": what})
        ) from None


def _plan(value: dict[str, Any], file: Path) -> Plan:
    from wfm.advice import Advice
    from wfm.expected import no_repairs
    from wfm.forecast import day_draws
    from wfm.loop import OneMore
    from wfm.plan import Plan
    from wfm.reverse import Carried
    from wfm.schedule.schedule import Schedule
    from wfm.steps import DRAWS

    scenario = saved_scenario(value, file)
    tables, replaced = _tables(value["tables"], file, scenario)
    people, kept = _people(value, tables["people"], tables["heads"]), value["schedule"]
    options = tables["options"]
    options.index = options["option"].rename(None)
    more = value["one_more"]
    return Plan(
        scenario=scenario,
        history=tables.get("history"),
        repairs=tables.get("repairs", no_repairs()),
        forecast=tables["forecast"],
        day_draws=day_draws(tables["forecast"], DRAWS, scenario.seed, counts=True),
        workload=tables["workload"],
        requirement=tables["requirement"],
        schedule=Schedule(
            shifts=tables["shifts"],
            cover=tables["cover"],
            shortfalls=tables["shortfalls"],
            weekly=tables["weekly_shifts"],
            **{name: _number(kept[name]) for name in ("paid_hours", "cost", "efficiency", "gap")},
            notes=tuple((str(note["key"]), dict(note["values"])) for note in kept["notes"]),
        ),
        lines=people.lines,
        simulation=_simulation(value["service"], tables),
        people=people,
        ledger=tables["ledger"],
        options=options,
        break_evens=tables["break_evens"],
        best=str(value["best"]),
        carried=Carried(**{field.name: _filled(value["carried"][field.name], field.type) for field in fields(Carried)}),
        one_more=None
        if more is None
        else OneMore(**{field.name: _filled(more[field.name], field.type) for field in fields(OneMore)}),
        advice=tuple(
            Advice(remark["key"], {k: math.nan if v is None else v for k, v in remark["values"].items()})
            for remark in value["advice"]
        ),
        origins=tuple(_origins(value["origins"], scenario)),
        overrides=(*map(str, value["overrides"]), *(f"tables/{name}.csv" for name in replaced)),
        peak=_peak(value.get("peak"), tables),
        beside=_beside(value.get("beside"), tables),
    )


def _peak(saved: dict[str, Any] | None, tables: dict[str, pd.DataFrame]) -> Any:
    from wfm.peakday import PeakDay

    if saved is None:
        return None
    parts = {name: tables[f"peak_{name}"] for name in ("intervals", "hours", "minutes")}
    return PeakDay(date.fromisoformat(saved["day"]), tuple(saved["views"]), replications=int(saved["replications"]), **parts)


def _beside(saved: dict[str, Any] | None, tables: dict[str, pd.DataFrame]) -> Any:
    from wfm.beside import Beside

    if saved is None:
        return None
    return Beside(
        reasons=tuple(map(str, saved["reasons"])),
        linked=bool(saved["linked"]),
        replications=int(saved["replications"]),
        contacts=int(saved["contacts"]),
        cells=tables["beside_cells"],
        intervals=tables["beside_intervals"],
    )


def _tables(described: dict[str, Any], file: Path, scenario: Scenario) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Every table of the plan, and the names of those whose files are not those that were written with it."""
    folder = file.parent / "tables"
    lacking = [name for name in _NEEDED if name not in described]
    if lacking:
        raise InputError(Problem("the plan lacks the table '{name}'", file=str(file), values={"name": lacking[0]}, way_out=_AGAIN))
    if not folder.is_dir():
        way_out = "Name the folder that wfm run wrote: plan.json stands there beside tables"
        raise InputError(Problem("a plan.json alone is no plan: its tables are not beside it", file=str(file), way_out=way_out))
    found: dict[str, pd.DataFrame] = {}
    replaced, problems = list[str](), list[Problem]()
    for name, about in described.items():
        if name in _DERIVED or (name not in _NEEDED and name not in _OPTIONAL):
            continue
        path = folder / f"{name}.csv"
        try:
            found[name] = _table(path, name, about["columns"], scenario)
        except InputError as error:
            problems += error.problems
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() != about["sha256"]:
            replaced.append(name)
    if problems:
        raise InputError(*problems[:20])
    return found, replaced


def _table(path: Path, name: str, kinds: dict[str, str], scenario: Scenario) -> pd.DataFrame:
    guessed = {column: "text" if kind == "list" else kind for column, kind in kinds.items()}
    table = read_table(path, _CONTRACTS.get(name, name), scenario.timezone, guessed)
    if "start" in table and set(kinds) - set(table.columns):
        # The planner's own table may know its starts only.
        more = completed(table, scenario.plan.interval)
        table = table.assign(**{column: more[column] for column in kinds if column not in table and column in more})
    lacking = [column for column in kinds if column not in table]
    if lacking:
        raise InputError(
            *(
                Problem(
                    "the {name} table has no column '{column}'",
                    file=str(path),
                    values={"name": name, "column": column},
                    way_out="Keep the columns that wfm wrote",
                )
                for column in lacking
            )
        )
    for column, kind in kinds.items():
        table[column] = _cast(table[column], kind, path)
    # A planner's extra columns stand behind the plan's own.
    return table[[*kinds, *(column for column in table.columns if column not in kinds)]]


def _cast(column: pd.Series, kind: str, path: Path) -> Any:
    """A column as the kind it was written from."""
    if kind == "number":
        return column.astype(float)
    if kind == "whole":
        if len(column) and not (column.astype(float) % 1 == 0).all():
            raise InputError(Problem("a whole number is needed here", key=str(column.name), file=str(path)))
        return column.astype("int64")
    if kind == "flag":
        return column.astype(bool)
    if kind == "list":
        return [_list(cell, str(column.name), path) for cell in column]
    if kind == "day":
        return column.astype(object)
    return column.astype("str") if kind == "text" else column


def _list(cell: str, column: str, path: Path) -> tuple[Any, ...]:
    try:
        return tuple(ast.literal_eval(cell))
    except (ValueError, SyntaxError, TypeError):
        raise InputError(Problem("a list of numbers is needed here", key=column, value=cell, file=str(path))) from None


def _people(value: dict[str, Any], table: pd.DataFrame, kinds: pd.DataFrame) -> Any:
    from wfm.capacity import People

    row = table.iloc[0]
    whole = ("heads", "seats", "licences_concurrent", "licences_named", "lines")
    parts: dict[str, Any] = {name: int(row[name]) for name in whole}
    parts |= {name: float(row[name]) for name in ("agents", "present", "rostered", "fte")}
    holidays = _number(value["people"]["holiday_hours_month"])
    return People(period=str(row["period"]), site=str(row["site"]), holiday_hours_month=holidays, kinds=kinds, **parts)


def _simulation(service: dict[str, Any], tables: dict[str, pd.DataFrame]) -> Any:
    import pandas as pd

    from wfm.simulate import SimulationResult

    zone = tables["service"]["start"].dtype
    text = pd.Series(dtype="str")
    whole, number = pd.Series(dtype="int64"), pd.Series(dtype="float64")
    contacts = {"replication": whole, "contact": whole, "attempt": whole, "type": text, "arrival": pd.Series(dtype=zone)}
    contacts |= {"outcome": text, "wait": number, "handle_time": number}
    bands = {"start": pd.Series(dtype=zone), "group": text, "kpi": text}
    return SimulationResult(
        service=tables["service"],
        overall=tables["service_overall"],
        days=tables["service_days"],
        weekdays=tables["weekdays"],
        promises=tables["promises"],
        bands=pd.DataFrame(bands | dict.fromkeys(("q05", "q25", "q50", "q75", "q95"), number)),
        contacts=pd.DataFrame(contacts),
        replications=int(service["replications"]),
        contacts_simulated=int(service["contacts_simulated"]),
        stopped_by=str(service["stopped_by"]),
    )


def _origins(saved: Iterable[dict[str, Any]], scenario: Scenario) -> Iterable[Origin]:
    """Origins with their values as the scenario's model holds them: JSON knows neither dates nor tuples."""
    from wfm.scenario.origins import Origin, origins

    now = {origin.key: origin for origin in origins(scenario)}
    for row in saved:
        like = now.get(row["key"])
        parts = {field.name: row[field.name] for field in fields(Origin)}
        for name in ("value", "default"):
            parts[name] = _like(row[name], None if like is None else getattr(like, name))
        yield Origin(**parts)


def _like(value: Any, sample: object) -> Any:
    if isinstance(value, str) and isinstance(sample, date):
        return date.fromisoformat(value)
    if isinstance(value, list):
        return tuple(value) if isinstance(sample, tuple) or sample is None else value
    if value is None and isinstance(sample, float):
        return sample  # an infinity, which JSON cannot hold
    return value


def _filled(value: Any, kind: Any) -> Any:
    """A value of a dataclass' field: what was no number is nan again."""
    return _number(value) if str(kind) == "float" else value


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def only_plan(under: Path = Path("out")) -> Path:
    """The folder of the only plan under a folder.

    Raises
    ------
    InputError
        There is none, or there are several: their names are told.
    """
    found = sorted(path.parent for path in under.glob("*/plan.json"))
    if not found:
        way_out = "Make one with wfm run, or name the folder that holds plan.json"
        raise InputError(Problem("there is no plan here", file=under.as_posix(), way_out=way_out))
    if len(found) > 1:
        names = ", ".join(path.as_posix() for path in found[:10])
        raise InputError(
            Problem("{count} plans stand here", file=under.as_posix(), way_out="Name one of them: {names}",
                    values={"count": len(found), "names": names})
        )  # fmt: skip
    return found[0]
