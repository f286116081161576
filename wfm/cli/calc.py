"""``wfm calc``: one Erlang question, answered in plain Python before numpy could be loaded."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from wfm.cli.options import speak, spoken
from wfm.core import kpi, units
from wfm.core.errors import BadValueError, InputError, Problem, problem_of
from wfm.report.words import text

#: KPIs shown and their units; names and definitions are those of `wfm.core.kpi`, or in the catalog.
_KPIS = {
    "sl_offered": "share",
    "sl_net": "share",
    "sl_answered": "share",
    "answer_rate": "share",
    "abandon_rate_offered": "share",
    "p_wait": "share",
    "asa_answered": "s",
    "mean_wait_all": "s",
    "mean_queue": "number",
    "occupancy": "share",
    "blocking": "share",
    "carried_load": "erlang",
}
#: Of a queue that grows without end nobody is lost, and yet not everybody is answered: these say nothing then.
_FATES = ("answer_rate", "abandon_rate_offered")
_LINE_KPIS = ("blocking", "answer_rate", "carried_load", "occupancy")
_INFINITE = ("never", "inf", "infinite", "从不", "无限")


@dataclass(frozen=True)
class Question:
    """What is asked, in contacts, seconds and shares."""

    contacts: float | None
    per: float
    aht: float
    patience: float
    onset: float
    model: str
    targets: Mapping[str, Any]
    threshold: float
    agents: int | None
    blocking: float | None

    def queue(self, contacts: float | None = None) -> Any:
        """The formula's model."""
        from wfm import erlang

        rate = (self.contacts or 0.0 if contacts is None else contacts) / self.per
        if self.model == "B":
            return erlang.ErlangB(rate, self.aht)
        if self.model == "C":
            return erlang.ErlangC(rate, self.aht)
        if self.onset > 0:
            return erlang.MMnDelayed(rate, self.aht, patience=self.patience, onset=self.onset)
        return erlang.ErlangA(rate, self.aht, patience=self.patience)

    def least(self) -> float:
        """The fewest agents (or lines) that meet the targets; inf where no number does."""
        queue = self.queue()
        return float(queue.lines_for(**self.targets) if self.model == "B" else queue.agents_for(**self.targets))

    def kpis(self, agents: float) -> dict[str, float]:
        """What so many agents (or lines) give."""
        measured = self.queue().measures(agents, self.threshold) if self.model != "B" else self.queue().measures(agents)
        kpis = {name: float(measured[name]) for name in _KPIS if name in measured}
        return kpis | dict.fromkeys(_FATES, math.nan) if self.grows(agents) else kpis

    def grows(self, agents: float) -> bool:
        """Whether the queue grows without end: nobody hangs up, and no more agents than load."""
        return self.model == "C" and 0.0 < _load(self, self.contacts or 0.0) >= agents


@click.command()
@click.option("--contacts", metavar="N", help="Contacts offered in the period; with --solve rate not needed.")
@click.option("--per", default="30min", show_default=True, help="The period: 30min, 1h, ...")
@click.option("--aht", required=True, help="Mean handle time: 180, 180s, 3min, 4:30.")
@click.option("--patience", help="Mean patience of the waiting: 120s; 'never' hang up [never].")
@click.option("--onset", help="Time in which nobody hangs up, before patience runs: 10s [0s].")
@click.option("--target", help="Service level SHARE/SECONDS of all offered, e.g. 80/20 [80/20 where nothing is asked].")
@click.option("--answer-rate", help="At least so many are answered, e.g. 98% (needs --patience).")
@click.option("--occupancy", help="Agents busy at most this share of their time, e.g. 85%.")
@click.option("--blocking", help="Of --model B: at most so many find all lines busy, e.g. 1%.")
@click.option("--agents", "--lines", "agents", metavar="N", help="Agents (or lines) at hand: what service do they give?")
@click.option("--solve", type=click.Choice(["agents", "rate"]), default="agents", help="rate: how many contacts --agents carry.")
@click.option("--model", type=click.Choice(["A", "B", "C"]), help="Formula [A with --patience, else C; B is for lines].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the answer.")
def calc(language: str | None, as_json: bool, solve: str, **options: Any) -> int:
    """Answer one Erlang question: least agents for targets, service of given agents, or contacts they carry.

    \b
    wfm calc --contacts 430 --per 30min --aht 180 --target 80/20
    wfm calc --contacts 430 --aht 3min --patience 120 --answer-rate 98% --agents 46
    wfm calc --aht 180 --agents 46 --solve rate --target 80/20
    wfm calc --model B --contacts 430 --aht 200 --blocking 1%
    """  # noqa: D301
    speak(language)
    question = _question(options, solve)
    answer = _answer(question, solve)
    if as_json:
        sys.stdout.write(json.dumps(_object(question, solve, answer), ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    else:
        # U+2212 of the definitions is not on a Chinese Windows console.
        print("\n".join(_lines(question, solve, answer, language or spoken())).replace("−", "-"))
    return 0


def _question(options: Mapping[str, Any], solve: str) -> Question:
    patience = _read(options, "patience", _patience) if options["patience"] is not None else math.inf
    onset = _read(options, "onset", units.duration) if options["onset"] is not None else 0.0
    model = options["model"] or ("A" if patience < math.inf else "C")
    refused = []
    if model == "A" and patience == math.inf:
        refused.append(Problem("Erlang A needs a patience", "--patience", way_out="Write --patience 120s, or --model C"))
    if model in "BC" and (patience < math.inf or onset > 0):
        refused.append(Problem("only Erlang A knows patience", "--model", model, "Leave --patience away, or write --model A"))
    if model == "C" and options["answer_rate"] is not None:
        refused.append(Problem("without a patience everybody is answered", "--answer-rate", way_out="Write --patience 120s"))
    if model == "B" and any(options[name] is not None for name in ("target", "answer_rate")):
        refused.append(Problem("lines are asked for a blocking", "--model", "B", "Write --blocking 1%"))
    if model != "B" and options["blocking"] is not None:
        refused.append(Problem("a blocking is asked of lines", "--blocking", options["blocking"], "Write --model B"))
    if options["contacts"] is None and solve != "rate":
        refused.append(Problem("how many contacts?", "--contacts", way_out="E.g. --contacts 430 --per 30min"))
    if options["agents"] is None and solve == "rate":
        refused.append(Problem("how many agents?", "--agents", way_out="E.g. --agents 46 --solve rate"))
    if refused:
        raise InputError(*refused)
    targets: dict[str, Any] = {}
    level, threshold = _level(options["target"]) if options["target"] is not None else (0.80, 20.0)
    blocking = None
    if model == "B":
        blocking = _read(options, "blocking", units.share) if options["blocking"] is not None else 0.01
        targets["blocking"] = blocking
    elif options["target"] is not None or (options["answer_rate"] is None and options["occupancy"] is None):
        targets["sl_offered"] = (level, threshold)
    for name in ("answer_rate", "occupancy"):
        if options[name] is not None:
            targets[name] = _read(options, name, units.share)
    return Question(
        contacts=None if options["contacts"] is None else _read(options, "contacts", units.ratio),
        per=_positive(options, "per"),
        aht=_positive(options, "aht"),
        patience=patience,
        onset=onset,
        model=model,
        targets=targets,
        threshold=threshold,
        agents=None if options["agents"] is None else _read(options, "agents", _whole),
        blocking=blocking,
    )


def _read(options: Mapping[str, Any], name: str, how: Any) -> Any:
    """An option's value as `wfm.core.units` reads it."""
    try:
        return how(options[name])
    except ValueError as error:
        raise InputError(problem_of(error, f"--{name.replace('_', '-')}", options[name])) from None


def _positive(options: Mapping[str, Any], name: str) -> float:
    seconds = float(_read(options, name, units.duration))
    if seconds <= 0:
        raise InputError(Problem("a time above 0 is needed", f"--{name}", options[name], "E.g. 180s, 3min, 4:30"))
    return seconds


def _patience(text: str) -> float:
    return math.inf if text.strip().lower() in _INFINITE else units.duration(text)


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or int(text) > 10**7:
        raise BadValueError("a whole number of agents is needed, 0 or more", "E.g. --agents 46")
    return int(text)


def _level(text: str) -> tuple[float, float]:
    """``80/20``, ``80%/20s``: share and seconds."""
    share, slash, seconds = text.partition("/")
    try:
        number = float(share.strip().rstrip("%％"))
        level = number / 100 if number > 1 or share.strip().endswith(("%", "％")) else number
        time = units.duration(seconds)
    except ValueError:
        slash, level, time = "", 0.0, 0.0
    if not slash or not 0 <= level <= 1:
        raise InputError(Problem("a service level is SHARE/SECONDS", "--target", text, "E.g. --target 80/20"))
    return level, time


def _answer(question: Question, solve: str) -> float:
    """Least agents, the agents given, or the most contacts in the period; inf where no number will do."""
    if solve == "rate":
        return float(question.queue(0.0).rate_for(question.agents, **question.targets)) * question.per
    if question.agents is not None:
        return question.agents
    return question.least()


def _load(question: Question, contacts: float) -> float:
    return contacts / question.per * question.aht


def _met(question: Question, kpis: Mapping[str, float]) -> bool:
    """Whether the targets hold, within rounding."""
    for name, bound in question.targets.items():
        level = bound[0] if isinstance(bound, tuple) else bound
        sign = -1 if name in ("occupancy", "blocking") else 1
        value = kpis[name]
        if value == value and sign * value < sign * level - 1e-12 * level:
            return False
    return True


def _around(question: Question, answer: float) -> list[tuple[int, dict[str, float]]]:
    """One agent fewer, the number itself and one more, with their KPIs."""
    if not math.isfinite(answer):
        return []
    n = int(answer)
    return [(k, question.kpis(k)) for k in (n - 1, n, n + 1) if k >= 0]


def _formula(question: Question, language: str) -> str:
    key = "onset" if question.model == "A" and question.onset > 0 else question.model.lower()
    return text(f"calc.formula_{key}", language, onset=f"{question.onset:g}")


def _label(name: str, question: Question, language: str) -> str:
    return kpi.label(name, language, question.threshold) if name in kpi.KPIS else text(f"calc.{name}", language)


def _definition(name: str, question: Question, language: str) -> str:
    if question.model == "B" and name in ("answer_rate", "occupancy"):
        return text(f"calc.lines_{name}", language)
    return kpi.definition(name, language, question.threshold) if name in kpi.KPIS else text(f"calc.{name}_is", language)


def _object(question: Question, solve: str, answer: float) -> dict[str, Any]:
    """The answer as one versioned JSON object; null for what is infinite or undefined."""
    contacts = answer if solve == "rate" else question.contacts or 0.0
    asked = {name: list(bound) if isinstance(bound, tuple) else bound for name, bound in question.targets.items()}
    shown = question if solve != "rate" or not math.isfinite(answer) else _with(question, answer)
    size = float(question.agents) if question.agents is not None else answer
    table = [] if solve == "rate" and not math.isfinite(answer) else _around(shown, size)
    return {
        "wfm_calc": 1,
        "formula": _formula(question, "en"),
        "solve": solve,
        "inputs": {
            "contacts": question.contacts,
            "per": question.per,
            "aht": question.aht,
            "patience": _plain(question.patience),
            "onset": question.onset,
            "threshold": question.threshold,
            "agents": question.agents,
            "targets": asked,
        },
        "offered_load": _plain(_load(question, contacts)),
        "answer": _plain(answer),
        "reachable": math.isfinite(answer),
        "definitions": {name: _definition(name, question, "en") for name in (table[0][1] if table else {})},
        "rows": [{"agents": n, "met": _met(shown, kpis)} | {k: _plain(v) for k, v in kpis.items()} for n, kpis in table],
    }


def _with(question: Question, contacts: float) -> Question:
    from dataclasses import replace

    return replace(question, contacts=contacts)


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _lines(question: Question, solve: str, answer: float, language: str) -> list[str]:
    comma = text("calc.and", language)
    contacts = answer if solve == "rate" else question.contacts or 0.0
    known = [
        text("calc.contacts", language, contacts=_number(contacts), minutes=_number(question.per / 60)),
        text("calc.aht", language, aht=_number(question.aht)),
    ]
    if question.patience < math.inf:
        known.append(text("calc.patience", language, patience=_number(question.patience)))
    known.append(text("calc.load", language, load=_number(_load(question, contacts), 2)))
    lines = [
        text("calc.formula", language, formula=_formula(question, language)),
        text("calc.given", language, given=comma.join(known)),
        text("calc.asked", language, asked=comma.join(_asked(question, language))),
        "",
        *_verdict(question, solve, answer, language),
    ]
    if not math.isfinite(answer):
        return lines
    shown = _with(question, answer) if solve == "rate" else question
    return [*lines, "", *_table(shown, _around(shown, float(question.agents or 0) if solve == "rate" else answer), language)]


def _asked(question: Question, language: str) -> list[str]:
    asked = []
    for name, bound in question.targets.items():
        level = bound[0] if isinstance(bound, tuple) else bound
        sign = "≤" if name in ("occupancy", "blocking") else "≥"
        asked.append(f"{_label(name, question, language)} {sign} {level * 100:g}%")
    return asked


def _verdict(question: Question, solve: str, answer: float, language: str) -> list[str]:
    what = text("calc.lines" if question.model == "B" else "calc.agents", language)
    if not math.isfinite(answer):
        return [text("calc.any_rate" if solve == "rate" else "calc.none", language)]
    if solve == "rate":
        values = {"contacts": _number(answer), "minutes": _number(question.per / 60)}
        return [text("calc.carry", language, agents=question.agents, what=what, **values)]
    lines = []
    if question.grows(answer):
        lines.append(text("calc.grows", language, agents=math.floor(_load(question, question.contacts or 0.0))))
    if question.agents is None:
        return [text("calc.least", language, agents=int(answer), what=what), *lines]
    met = _met(question, question.kpis(answer))
    lines.insert(0, text("calc.met" if met else "calc.missed", language, agents=question.agents, what=what))
    if not met:
        least = question.least()
        lines.append(text("calc.enough" if math.isfinite(least) else "calc.none", language, agents=f"{least:.0f}"))
    return lines


def _table(question: Question, table: list[tuple[int, dict[str, float]]], language: str) -> list[str]:
    """KPIs of n - 1, n, n + 1 as columns, and what each KPI is."""
    from wfm.cli.widths import aligned

    size = question.agents if question.agents is not None else table[-2][0]
    what = text("calc.lines" if question.model == "B" else "calc.agents", language)
    rows = [[what, *(f"[{n}]" if n == size else str(n) for n, _ in table), text("calc.definition", language)]]
    left_out = _FATES if any(question.grows(n) for n, _ in table) else ()
    for name in (name for name in (_LINE_KPIS if question.model == "B" else _KPIS) if name in table[0][1]):
        if name in left_out:
            continue
        numbers = [_shown(kpis[name], _KPIS[name], language) for _, kpis in table]
        rows.append([_label(name, question, language), *numbers, _definition(name, question, language)])
    kept = [text("calc.yes" if _met(question, kpis) else "calc.no", language) for _, kpis in table]
    rows.append([text("calc.kept", language), *kept, ""])
    return aligned(rows, right=range(1, len(table) + 1))


def _shown(value: float, unit: str, language: str) -> str:
    if not math.isfinite(value):
        return "-" if math.isnan(value) else text("calc.endless", language)
    return f"{value * 100:.2f}%" if unit == "share" else f"{value:.2f}" + (" s" if unit == "s" else "")


def _number(value: float, digits: int = 1) -> str:
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if math.isfinite(value) else "∞"
