"""From workload to agents: targets, and the least agents of each interval that meet them, by itself or linked to its neighbours."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.staffing.inputs import DayPromise, Staffing
    from wfm.staffing.needed import requirement
    from wfm.staffing.steady import queue_model, steady_service
    from wfm.staffing.targets import ServiceLevel, Targets

# No module bears the name of a function: importing it would take the function's place in this package.
_HOMES = {
    "DayPromise": "inputs",
    "ServiceLevel": "targets",
    "Staffing": "inputs",
    "Targets": "targets",
    "queue_model": "steady",
    "requirement": "needed",
    "steady_service": "steady",
}

__all__ = ["DayPromise", "ServiceLevel", "Staffing", "Targets", "queue_model", "requirement", "steady_service"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"wfm.staffing.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
