"""Engines: each plays the same drawn customers on the same model and returns the same records; loaded when asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from wfm.simulate.drawing import Drawn
    from wfm.simulate.model import Model
    from wfm.simulate.records import Records

Play: TypeAlias = "Callable[[Model, Drawn], Records]"

_MODULES = {"compiled": "wfm.simulate.engines.compiled", "simpy": "wfm.simulate.engines.simpy_engine"}


def engine(name: str) -> Play:
    """The function of engine ``name`` that plays one replication.

    Raises
    ------
    ValueError
        No engine has this name.
    """
    if name not in _MODULES:
        raise ValueError(f"no engine is called {name!r}; there is {', '.join(_MODULES)}")
    play: Play = import_module(_MODULES[name]).play
    return play
