"""Reads a centre file: YAML, what it builds on, overrides on top, and every problem told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from wfm.centre.checks import problems_of
from wfm.centre.model import CentreScenario
from wfm.core.errors import InputError, Problem
from wfm.scenario.fields import keys_of
from wfm.scenario.problems import placed
from wfm.scenario.reader import Source, read_source, validated

_SHEETS = (".xlsx", ".xlsm", ".xls")


def read_centre(path: str | Path, overrides: Sequence[str] = ()) -> tuple[CentreScenario, Source]:
    """The centre in a file, checked.

    Parameters
    ----------
    path
        A YAML file with contact types, groups and routing; it may build on another (``extends: base.yaml``).
    overrides
        ``"key.subkey=value"`` texts, applied last, e.g. ``"groups.own.agents=12"``.

    Returns
    -------
    (CentreScenario, Source)
        The source knows its folder, in which relative paths start.

    Raises
    ------
    InputError
        With every problem of the file: place, key, value and way out, in the file's own language.
    """
    if str(path).lower().endswith(_SHEETS):
        way_out = "Write a .yaml file to start from: wfm new centre.yaml --template centre"
        raise InputError(Problem("a centre is not read from a workbook", file=str(path), way_out=way_out))
    with keys_of(CentreScenario):
        source = read_source(path, overrides)
        if {"demand", "people"} & source.values.keys() and not {"groups", "routing"} & source.values.keys():
            way_out = "Plan it: wfm run {file}"
            told = Problem(
                "this file describes a plan, not a centre", file=source.file, way_out=way_out, values={"file": source.file}
            )
            raise InputError(told, language=source.language)
        scenario = validated(source, CentreScenario)
        found = problems_of(scenario)
        if found:
            raise InputError(*(_at(problem, source) for problem in found), language=source.language)
    return scenario, source


def is_centre(path: str | Path) -> bool:
    """Whether a file is readable and says who is in the groups of a centre, or whom they answer."""
    if not str(path).lower().endswith((".yaml", ".yml")):
        return False
    try:
        with keys_of(CentreScenario):
            return not {"groups", "routing"}.isdisjoint(read_source(path).values)
    except InputError:
        return False


def _at(problem: Problem, source: Source) -> Problem:
    at = placed(problem, source.places, source.file)
    return at if at.file else replace(at, file=source.file)
