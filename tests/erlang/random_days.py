"""Small days drawn from a seed, their targets, and whether a profile meets them."""

import math

import numpy as np

from wfm.erlang.transient.solver import TransientQueue

SLACK = 1e-7


def drawn(seed, intervals=20, least=1.0, most=12.0):
    """A day of half hours or quarters with a hump and noise: the queue and its targets."""
    random = np.random.default_rng(seed)
    t = np.linspace(0.0, 1.0, intervals)
    hump = np.exp(-(((t - random.uniform(0.2, 0.8)) / random.uniform(0.05, 0.3)) ** 2))
    load = (least + (most - least) * hump) * random.uniform(0.6, 1.4, intervals)
    aht = float(random.choice([180.0, 300.0, 600.0]))
    queue = TransientQueue(
        load / aht,
        aht,
        patience=float(random.choice([60.0, 120.0, 400.0])),
        interval=float(random.choice([600.0, 900.0, 1800.0])),
        lines=None if random.random() < 0.7 else int(4 * most),
    )
    targets = {"sl_offered": (float(random.choice([0.7, 0.8, 0.9])), float(random.choice([10.0, 20.0, 60.0])))}
    if random.random() < 0.6:
        targets["answer_rate"] = float(random.choice([0.9, 0.95, 0.98]))
    return queue, targets


def missing(queue, agents, targets, start="empty", slack=SLACK):
    """Intervals in which a target fails, by a complete solution."""
    share, within = targets.get("sl_offered", (-1.0, 0.0))
    found = queue.solve(agents, threshold=within, start=start)
    with np.errstate(invalid="ignore"):
        fails = found.sl_offered < share - slack
        fails |= found.answer_rate < targets.get("answer_rate", -1.0) - slack
        fails |= found.occupancy > targets.get("occupancy", math.inf) + slack
    fails |= found.agents == 0  # whoever comes finds somebody
    return np.flatnonzero(fails & (found.offered > 0))


def needless(queue, agents, targets, intervals=None):
    """Intervals that could do with an agent less, every target still met, those that fail anyway left aside."""
    already = set(missing(queue, agents, targets).tolist())
    free = []
    for i in range(len(agents)) if intervals is None else intervals:
        if agents[i] > 0 and i not in already:
            fewer = agents.copy()
            fewer[i] -= 1
            if set(missing(queue, fewer, targets, slack=-SLACK).tolist()) <= already:
                free.append(i)
    return free
