"""Ctrl-C that is not lost: Python drops an interrupt that falls into a callback, as while formulas are being compiled.

The key is remembered and raised again before anything is written.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

_pressed = threading.Event()


def listen() -> None:
    """Remember the key from now on; without effect outside of the main thread, or where it is ignored."""
    _pressed.clear()
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _remember)


def heed() -> None:
    """Raise what was lost.

    Raises
    ------
    KeyboardInterrupt
        The key was pressed since `listen`.
    """
    if _pressed.is_set():
        raise KeyboardInterrupt


def _remember(number: int, frame: FrameType | None) -> None:
    _pressed.set()
    signal.default_int_handler(number, frame)
