"""The past: read and repaired from a file, or made up for a shop that has none yet."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.history.generator import generate_shop
    from wfm.history.reader import HistoryRead, read_history

__all__ = ["HistoryRead", "generate_shop", "read_history"]


def __getattr__(name: str) -> Any:
    if name == "generate_shop":
        from wfm.history import generator

        return generator.generate_shop
    if name in __all__:
        from wfm.history import reader

        return getattr(reader, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
