"""Queues whose rates and agents change with time: the exact chain, and approximations where no chain applies.

The exact chain, from the bottom: ``chain`` (a step forward), ``waiting`` (who waits), ``playing`` (an interval), all compiled;
``rates`` and ``state`` (what comes, what is there); ``course`` (intervals in their order); ``solver`` and ``solved`` (a day);
``goals`` and ``staffing`` (its agents). Approximations: ``offered_load``, ``modified_load``, ``fluid``.
"""
