"""Where a price in the ledger comes from (DESIGN section 6)."""

from __future__ import annotations

from typing import NamedTuple

from wfm.core.inputs import Inputs

#: An input model and the name of one of its fields.
Source = tuple[Inputs, str]


class Origin(NamedTuple):
    """Kind (``stated``, ``found``, ``law``, ``assumed``, ``yours``), source and date of a price."""

    kind: str = ""
    source: str = ""
    date: str = ""


UNKNOWN = Origin()


def origin(*inputs: Source) -> Origin:
    """Origin of a price made of these inputs; of several kinds the weakest is told, with all sources."""
    parts = [_origin(model, name) for model, name in inputs]
    weakest = min((part.kind for part in parts), key=("assumed", "stated", "found", "law", "fitted", "yours").index)
    sources = dict.fromkeys(part.source for part in parts if part.source)
    dates = dict.fromkeys(part.date for part in parts if part.date)
    return Origin(weakest, "; ".join(sources), "; ".join(dates))


def _origin(model: Inputs, name: str) -> Origin:
    field = type(model).model_fields[name]
    about = field.json_schema_extra
    if not isinstance(about, dict) or getattr(model, name) != field.default:
        return Origin("yours")
    return Origin(str(about["origin"]), str(about.get("source", "")), str(about.get("price_date", "")))
