"""``wfm explain``: where a number of a plan comes from."""

from __future__ import annotations

import json
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wfm.cli.options import speak
from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    from wfm.report.explain import Ground

_OPTIONS = {
    "none": "none", "self_built": "self_built", "self-built": "self_built", "hosted": "hosted", "outsourced": "outsourced",
    "不建": "none", "自建": "self_built", "自建型": "self_built", "托管": "hosted", "托管型": "hosted",
    "外包": "outsourced", "外包型": "outsourced",
}  # fmt: skip


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WHAT [WHEN] [PLAN]")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the console [that of the plan].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there.")
def explain(words: tuple[str, ...], language: str | None, as_json: bool) -> int:
    """Say where a number comes from: formula, inputs, and the origin of each.

    WHAT is agents, contacts, present, heads, seats, lines, npv, a KPI such as sl_offered, or a key of the scenario file; WHEN an
    interval or a day; PLAN the folder of a plan (the only one under out/ by default) or a scenario file. In any order.

    \b
    wfm explain agents 2027-07-05T12:30
    wfm explain npv hosted out/quickstart
    wfm explain targets.answer_rate scenarios/quickstart.yaml
    """  # noqa: D301
    speak(language)
    what, when, option, path = _sorted(words)
    ground = _ground(path, language)
    speak(ground.language)

    from wfm.report.explain import explain as explained

    found = explained(ground, what, when, option)
    if as_json:
        sys.stdout.write(json.dumps(found.object(), ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    else:
        print("\n".join(found.lines()))
    return 0


def _sorted(words: tuple[str, ...]) -> tuple[str, datetime | date | None, str | None, Path | None]:
    """What each word is: a place, a moment, an option, or what is asked for."""
    what: list[str] = []
    moments: list[str] = []
    option: str | None = None
    path: Path | None = None
    for word in words:
        if _OPTIONS.get(word.lower()):
            option = _OPTIONS[word.lower()]
        elif _moment(word) is not None:
            moments.append(word)
        elif _placed(word):
            if path is not None:
                raise InputError(Problem("two plans are named", key="PLAN", value=word, way_out="Name one of them"))
            path = Path(word)
        elif word[:1].isdigit():  # a clock time, or a moment that is then said to be none; nothing that is explained begins so
            moments.append(word)
        else:
            what.append(word)
    if len(what) != 1:
        message = "one thing is explained at a time" if what else "what is to be explained is not named"
        way_out = "Write e.g. wfm explain agents 2027-07-05T12:30"
        raise InputError(Problem(message, key="WHAT", value=" ".join(what) or None, way_out=way_out))
    when = _moment("T".join(moments)) if moments else None
    if moments and when is None:
        raise InputError(
            Problem("not a moment", key="WHEN", value=" ".join(moments), way_out="Write 2027-07-05T12:30 or 2027-07-05")
        )
    return what[0], when, option, path


def _placed(word: str) -> bool:
    """Whether a word names a plan or a scenario."""
    return Path(word).is_dir() or word.lower().endswith((".yaml", ".yml", ".xlsx", ".xlsm", ".json")) or "/" in word or "\\" in word


def _moment(word: str) -> datetime | date | None:
    """The moment of ``2027-07-05T12:30``, of ``2027/7/5 12:30`` as a sheet shows it, or a day; None where it is neither."""
    day, _, clock = word.strip().replace("T", " ").partition(" ")
    try:
        on = date(*map(int, re.split("[-/]", day, maxsplit=2)))
        return datetime.fromisoformat(f"{on.isoformat()}T{clock.strip().zfill(5)}") if clock else on
    except (TypeError, ValueError):
        return None


def _ground(path: Path | None, language: str | None) -> Ground:
    from wfm.report.explain import Ground
    from wfm.report.saved import only_plan, read_plan
    from wfm.report.words import text

    if path is None:
        path = only_plan()
        plan = read_plan(path)
        shown = language or plan.scenario.language
        print(text("explain.plan", shown, folder=path.as_posix()), file=sys.stderr)
        return Ground(plan, shown, planned=True)
    if path.is_dir() or path.suffix.lower() == ".json":
        plan = read_plan(path)
        return Ground(plan, language or plan.scenario.language, planned=True)
    from wfm.scenario.reader import read_scenario
    from wfm.steps import Steps

    scenario, source = read_scenario(path)
    return Ground(Steps(scenario, folder=source.folder), language or scenario.language, planned=False)
