"""Forecast contacts and handle times as arrival rates and offered load per interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.contacts import ContactType


def scaled(forecast: pd.DataFrame, factor: float) -> pd.DataFrame:
    """A forecast with every number of contacts, quantiles included, times ``factor``."""
    return forecast.assign(**{name: forecast[name] * factor for name in forecast.columns if name.startswith("contacts")})


def without_redials(forecast: pd.DataFrame, history: pd.DataFrame, contact: ContactType) -> tuple[pd.DataFrame, ContactType]:
    """A forecast of attempts as customers, so that redials are counted once.

    A history counts attempts: whoever hung up and tried again stands in it twice. Where it tells how many hung up, customers are
    ``attempts x (1 - redial share x abandoned / offered)``. Where it does not, attempts stay as they are and nobody redials in the
    simulation.

    Returns
    -------
    (forecast, contact)
        The table ``forecast`` of customers, and the contact type to simulate them with.
    """
    if "abandoned" in history and history["abandoned"].notna().any():
        known = history[history["abandoned"].notna() & (history["offered"] > 0)]
        lost = float(known["abandoned"].sum() / known["offered"].sum()) if len(known) else 0.0
        return scaled(forecast, 1 - contact.redial.after_abandon * lost), contact
    return forecast, nobody_redials(contact)


def nobody_redials(contact: ContactType) -> ContactType:
    """The contact type for a workload that counts attempts: redials are in it already, so none are simulated."""
    nobody = contact.redial.model_copy(update={"after_abandon": 0.0, "after_busy": 0.0})
    return contact.model_copy(update={"redial": nobody})


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
