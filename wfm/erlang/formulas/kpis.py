"""The codes of the KPIs: one number each, the same in every queue of this package; a queue knows some of them.

Plain numbers, since compiled code takes them as constants. Names, units and definitions: `wfm.erlang.models.kpis`.
"""

# Codes up to P_NO_WAIT are better when higher, the rest when lower; thresholds belong to the service levels.
SL_OFFERED = 0
SL_NET = 1
SL_ANSWERED = 2
SL_EITHER = 3
SL_VIRTUAL = 4
ANSWER_RATE = 5
P_NO_WAIT = 6
ABANDON_RATE_OFFERED = 7
P_WAIT = 8
OCCUPANCY = 9
MEAN_WAIT_ALL = 10
ASA_ANSWERED = 11
MEAN_WAIT_VIRTUAL = 12
MEAN_QUEUE = 13
BLOCKING = 14
LINE_OCCUPANCY = 15
# The rest describe and are no targets: some need not fall with more agents.
ABANDON_WITHIN = 16
P_WAIT_LONGER = 17
P_VIRTUAL_LONGER = 18
MEAN_TIME_TO_ABANDON = 19
LN_BLOCKING = 20
LINE_ANSWER_RATE = 21
CARRIED_LOAD = 22
LN_P_WAIT = 23
LN_P_WAIT_LONGER = 24
SL_ACCEPTED = 25
MEAN_WAIT_ACCEPTED = 26
OFFERED_ATTEMPTS = 27
ATTEMPTS_PER_CUSTOMER = 28
CUSTOMER_LOST = 29
MEAN_CHATS = 30
SLOT_UTILISATION = 31
OUTBOUND_RATE = 32
# What service levels lack to 1, summed and not subtracted.
LATE_OFFERED = 33
LATE_NET = 34
LATE_ANSWERED = 35
# Abandonment beyond what has to be lost, 1 - n/a.
ABANDON_SURPLUS = 36
# Added to a KPI's code: over intervals of random busyness, by contacts and by intervals.
CALL_WEIGHTED = 100
INTERVAL_MEAN = 200
