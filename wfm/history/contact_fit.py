"""What a contact is like, from the records of a scenario's ``contact.fit``: only what the planner did not write himself."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem
from wfm.core.masking import masked

if TYPE_CHECKING:
    from wfm.core.contacts import ContactType, Fit
    from wfm.history.calls import Calls
    from wfm.history.fits import HandleTime


def fit_contact(contact: ContactType, folder: Path, timezone: str) -> ContactType:
    """The contact type with handle time, its scatter and patience fitted from its records.

    Talk and wrap together are the mean handle time. Where the records tell after-call work apart, it is theirs; else ``wrap``
    stays as it stands and talk is the rest. Patience has no onset (nobody is too patient to hang up at once) unless the planner
    wrote one. Values the planner wrote stand.

    Parameters
    ----------
    contact
        With its ``fit``; a contact type without one comes back unchanged.
    folder
        Where a relative path starts.
    timezone
        Zone of the records' wall clock.

    Raises
    ------
    InputError
        What is wrong with the records, or too few of them for a value that is needed.
    """
    if contact.fit is None:
        return contact
    own, own_patience = contact.model_fields_set, contact.patience.model_fields_set
    wanted_handle = not {"talk", "wrap"} <= own or not _own_scatter(contact)
    wanted_patience = "then_mean" not in own_patience and contact.patience.family == "delayed"
    if not (wanted_handle or wanted_patience):
        return contact
    calls = _calls(contact.fit, folder, timezone)
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    if wanted_handle:
        _handle(contact, calls, values, sources)
    if wanted_patience:
        _patience(contact, calls, values, sources)
    return contact.with_fitted(values, sources)


def _calls(fit: Fit, folder: Path, timezone: str) -> Calls:
    from wfm.history.calls import read_calls
    from wfm.history.inputs import missing

    if absent := missing(fit.file, folder, "contact.fit.file"):
        raise InputError(*absent)
    calls = read_calls(
        folder / fit.file,
        timezone=timezone,
        columns=fit.columns,
        export=fit.export,
        sheet=fit.sheet,
        date_order=fit.date_order,
    )
    if fit.queue is None:
        return calls
    rows = calls.table["queue"] == fit.queue
    if not rows.any():
        way_out, values = "It has: {queues}", {"queues": masked(", ".join(list(calls.table["queue"].cat.categories)[:30]))}
        message = "the file has no such queue"
        raise InputError(Problem(message, "contact.fit.queue", fit.queue, way_out, calls.name, values=values))
    return replace(calls, table=calls.table[rows])


def _handle(contact: ContactType, calls: Calls, values: dict[str, float], sources: dict[str, str]) -> None:
    from wfm.history.fits import SHORTEST, fit_handle_time

    own, fit = contact.model_fields_set, fit_handle_time(calls)
    told = f"{_file(contact)}, n = {fit.n}"
    out = fit.left_out
    left = (
        f"left out: {out['short']} under {SHORTEST:g} s, {out['no_agent']} without an agent, {out['missing']} without a handle time"
    )
    if not calls.talk_alone:
        _talk_and_wrap(contact, calls, fit, (told, left), values, sources)
    elif "talk" not in own:
        values["talk"] = fit.mean
        sources["talk"] = f"{told}: mean talk time, no after-call work in the records; {left}"
    if not _own_scatter(contact):
        values["spread.cv"] = fit.cv
        sources["spread.cv"] = f"{told}: coefficient of variation of handle times; {left}"


def _own_scatter(contact: ContactType) -> bool:
    return contact.spread.classes is not None or "cv" in contact.spread.model_fields_set


def _talk_and_wrap(
    contact: ContactType,
    calls: Calls,
    fit: HandleTime,
    said: tuple[str, str],
    values: dict[str, float],
    sources: dict[str, str],
) -> None:
    """Of a whole handle time the planner's own part stands, or that of the records, and the rest is the other part."""
    own, (told, left) = contact.model_fields_set, said
    wrap = contact.wrap
    if "wrap" not in own and not math.isnan(fit.wrap):
        wrap = values["wrap"] = fit.wrap
        sources["wrap"] = f"{told}: mean after-call work; {left}"
    if "talk" not in own:
        if wrap >= fit.mean and "wrap" not in own:
            wrap = values["wrap"] = 0.0
            sources["wrap"] = f"{told}: within the handle time; {left}"
        if wrap >= fit.mean:
            message = "the after-call work is as long as the whole handle time of the records, {mean} s"
            way_out = "Write a shorter wrap, or leave it out"
            told_values = {"mean": f"{fit.mean:.0f}"}
            raise InputError(Problem(message, "contact.wrap", f"{wrap:g}s", way_out, calls.name, values=told_values))
        values["talk"] = fit.mean - wrap
        sources["talk"] = f"{told}: mean handle time {fit.mean:.1f} s less wrap; {left}"
    elif "wrap" not in own and math.isnan(fit.wrap):
        values["wrap"] = max(fit.mean - contact.talk, 0.0)
        sources["wrap"] = f"{told}: mean handle time {fit.mean:.1f} s less talk; {left}"


def _patience(contact: ContactType, calls: Calls, values: dict[str, float], sources: dict[str, str]) -> None:
    from wfm.history.fits import fit_patience

    own = contact.patience.model_fields_set
    onset = contact.patience.onset if "onset" in own else 0.0
    fit = fit_patience(calls, onset=onset)
    told = f"{_file(contact)}, n = {fit.n}, {fit.hung_up} of them hung up"
    out = fit.left_out
    left = (
        f"left out: {out['at_once']} who hung up at once, {out['otherwise']} that ended otherwise, {out['missing']} without a wait"
    )
    median = f"Kaplan-Meier median {fit.median:.0f} s" if math.isfinite(fit.median) else "fewer than half would have hung up"
    if "onset" not in own:
        values["patience.onset"] = 0.0
        sources["patience.onset"] = f"{told}: patience fitted from the first second; {left}"
    values["patience.then_mean"] = fit.mean
    sources["patience.then_mean"] = f"{told}: exponential by censored maximum likelihood; {median}; {left}"


def _file(contact: ContactType) -> str:
    """The name of the records, without the folders before it."""
    return Path(contact.fit.file.replace("\\", "/")).name if contact.fit is not None else ""
