"""Queues to ask questions of, offered by `wfm.erlang`; the KPIs they answer with are defined in `wfm.erlang.models.kpis`."""
