"""What is coming: totals by day from the calendar, their shape over the day, and how far both may be off."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.forecast.daily import daily_forecast
    from wfm.forecast.draws import day_draws
    from wfm.forecast.festival import with_events
    from wfm.forecast.orders import estimate
    from wfm.forecast.rolling import backtest
    from wfm.forecast.top_down import by_day, by_weekday, forecast

# No module bears the name of a function: importing it would take the function's place in this package.
_MODULES = {
    "backtest": "rolling",
    "by_day": "top_down",
    "by_weekday": "top_down",
    "daily_forecast": "daily",
    "day_draws": "draws",
    "estimate": "orders",
    "forecast": "top_down",
    "with_events": "festival",
}

__all__ = ["backtest", "by_day", "by_weekday", "daily_forecast", "day_draws", "estimate", "forecast", "with_events"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(f"wfm.forecast.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
