"""Forecast contacts and handle times as arrival rates and offered load per interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.contacts import ContactType


def workload(forecast: pd.DataFrame, contact: ContactType, *, contact_type: str = "phone") -> pd.DataFrame:
    """Turn a forecast of one queue into the load its agents face.

    Parameters
    ----------
    forecast
        Table ``forecast``, with ``duration`` [s] of each interval; other columns pass through.
    contact
        What a contact is like; its channel is taken over.

    Returns
    -------
    DataFrame
        Table ``workload``: arrival_rate [1/s], aht [s], offered_load [erlang] by interval.
    """
    return forecast.assign(
        contact_type=contact_type,
        channel=contact.channel,
        arrival_rate=forecast["contacts"] / forecast["duration"],
        # One expression, so that calls x aht / interval is rounded once (theory 1.3).
        offered_load=forecast["contacts"] * forecast["aht"] / forecast["duration"],
    )
