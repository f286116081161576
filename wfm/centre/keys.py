"""Every key of a centre file with its unit, default and meaning: the list of docs/centre.md."""

from __future__ import annotations

from wfm.centre.model import CentreScenario
from wfm.scenario.fields import Documented, documented

#: What a plan's scenario has as well, told in docs/scenario.md: there under ``contact.`` and ``simulation.``
_SHARED = ("contacts.*.spread.", "contacts.*.patience.", "contacts.*.announcements[].", "contacts.*.redial.", "simulation.")


def keys() -> list[Documented]:
    """All of them in the order of the file, without those below a section that scenarios share.

    ``*`` stands for a name of one's own, ``[]`` for each of a list.
    """
    return [entry for entry in documented(CentreScenario) if not entry.key.startswith(_SHARED)]


def markdown() -> str:
    """The keys as a table."""
    rows = ["| key | unit | default | meaning | 含义 |", "| --- | --- | --- | --- | --- |"]
    for entry in keys():
        key = entry.key.replace("routing.*.", "routing.*[].")
        cells = (f"`{key}`", entry.unit, _default(entry), entry.en, entry.zh)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _default(entry: Documented) -> str:
    if entry.required:
        return "" if entry.kind in ("section", "table") else "**required**"
    value = entry.default
    if value is None or value in ((), {}, ""):
        return ""
    return f"`{value:g}`" if isinstance(value, float) else f"`{str(value).lower() if isinstance(value, bool) else value}`"
