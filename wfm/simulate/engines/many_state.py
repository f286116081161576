"""Layout of the memory that the compiled engine of many queues works on.

There are two flat arrays, one of whole numbers (``m``) and one of floats (``f``): functions that pass many tables to each other, or
take rows out of them, spend most of their time counting references. A record is known by its address in ``m``, its fields by the
offsets below: ``m[leg + STATE]``. Addresses and lengths of all tables stand in the head of ``m``.
"""

from __future__ import annotations

# The head: what changes,
(NOW, INTERVAL, OPEN, MOMENT, ON_LINE, FREE, USED, EMITTED, COMING, HEAP, HOLE, BEYOND, CHANGED) = range(13)
# numbers that do not,
(SEED, REPLICATION, LINES, RETURNS, CLOSING, LEGS_MAX, LEAN, INTERVALS, KINDS_N, GROUPS_N, AGENTS_N, CONTACTS) = range(13, 25)
# and addresses; ..._END is where a table ends.
(STARTS, CLOSINGS, MOMENTS, MOMENTS_END, REFUSALS, REFUSALS_END, KINDS, KINDS_END, GROUPS, GROUPS_END, SUMS, ROWS, ROWS_END,
 HEAP_AT, HEAP_END) = range(25, 40)  # fmt: skip
HEAD = 40

# A leg: waits, is answered or will call again.
(CONTACT, ATTEMPT, LEG, KIND, WITHIN, ARRIVAL, QUEUED, HANDLE, PATIENCE, STATE, NEXT, PREVIOUS, AGENT, BEGIN, TALK, OWN, DAY,
 ORDINAL, FIRST_KIND, FIRST_INTERVAL, WAITED, IN_TIME) = range(22)  # fmt: skip
LEG_WIDTH = 22  # WAITED, IN_TIME: of the legs before it, where they were returned
GONE, PENDING, WAITING, BUSY = range(4)  # STATE

# An event; the order among equal times is `wfm.simulate.events.priority`.
WHEN, ORDER, ABOUT = range(3)
EVENT_WIDTH = 3

# An agent.
A_STATE, A_DUE, A_NEXT, A_PREVIOUS, A_IDLE_SINCE, A_LEG, A_GROUP, A_NUMBER, A_SPEED = range(9)  # A_SPEED: place in f
AGENT_WIDTH = 9
OFF, IDLE, WORKING = range(3)  # A_STATE

# A group; G_TIMES are the sums of its agents' time, (busy, on duty, overrun) for each interval: staffed are the last two.
(G_NUMBER, G_AGENTS, G_AGENTS_END, G_ROSTERED, G_IDLE_FIRST, G_IDLE_LAST, G_IDLE, G_BUSY, G_WANTED, G_PRESENT, G_LATE, G_SINCE,
 G_SKILLS, G_SKILLS_END, G_TIMES) = range(15)  # fmt: skip
GROUP_WIDTH = 15

# A contact type; K_AHT and those after it are places in f.
(K_NUMBER, K_KEY, K_HEAD, K_TAIL, K_WEIGHT, K_HEAD_START, K_SKILLS, K_SKILLS_END, K_DELAYS, K_DELAYS_END, K_ATTEMPTS_MAX, K_ANSWERS,
 K_TRANSFERS, K_AHT, K_TALK_SHARE, K_REDIALS, K_HANDLE_LAW, K_HANDLE_LAW_END, K_PATIENCE_LAW, K_PATIENCE_LAW_END, K_WITHIN,
 ) = range(21)  # fmt: skip
KIND_WIDTH = 21

# A skill, as a type sees it (S_OTHER its group, S_FIRST its rank) or as a group does (its type, its level).
# S_FACTOR is a place in f.
S_OTHER, S_FIRST, S_DELAY, S_RESERVE, S_HANDICAP, S_FACTOR = range(6)
SKILL_WIDTH = 6

# A moment, of `wfm.simulate.shifts.Moments`; M_NUMBER is the address of an agent where one comes or goes.
M_TIME, M_KIND, M_GROUP, M_NUMBER = range(4)
MOMENT_WIDTH = 4

ANSWER, LET_GO, KEEP = range(3)  # CLOSING

# Columns of arrivals, [7, n].
C_KIND, C_ARRIVAL, C_INTERVAL, C_HANDLE, C_PATIENCE, C_DAY, C_ORDINAL = range(7)

# How a stretch of the play ended.
DONE, MORE_ARRIVALS, MORE_ROOM, ILL_ORDERED, TOO_LATE, TOO_MANY_LEGS = range(6)
