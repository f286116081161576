"""Sixteen-point Gauss-Legendre quadrature on (0, 1), with the integral up to each point.

`RUNNING`, row by row, are the weights that integrate from 0 to each point the polynomial through all of them. The points
are the roots of Legendre's polynomial P16 by Newton's method.
"""

import math

POINTS = 16


def _legendre(x: float) -> list[float]:
    """P0(x) to P17(x) by the recursion of Bonnet."""
    p = [1.0, x]
    for k in range(1, POINTS + 1):
        p.append(((2 * k + 1) * x * p[k] - k * p[k - 1]) / (k + 1))
    return p


def _rule() -> tuple[list[float], list[float], list[float]]:
    """The points, their weights, and the running weights, on (-1, 1)."""
    nodes, weights = [], []
    for i in range(POINTS):
        x = -math.cos(math.pi * (i + 0.75) / (POINTS + 0.5))
        for _ in range(8):
            p = _legendre(x)
            slope = POINTS * (p[POINTS - 1] - x * p[POINTS]) / (1.0 - x * x)
            x -= p[POINTS] / slope
        p = _legendre(x)
        slope = POINTS * (p[POINTS - 1] - x * p[POINTS]) / (1.0 - x * x)
        nodes.append(x)
        weights.append(2.0 / ((1.0 - x * x) * slope * slope))
    values = [_legendre(x) for x in nodes]
    running = []
    for p, x in zip(values, nodes, strict=True):
        integrals = [x + 1.0] + [p[k + 1] - p[k - 1] for k in range(1, POINTS)]
        for q, w in zip(values, weights, strict=True):
            running.append(0.5 * w * math.fsum(q[k] * integrals[k] for k in range(POINTS)))
    return nodes, weights, running


_NODES, _WEIGHTS, _RUNNING = _rule()
NODES = tuple(0.5 * (1.0 + x) for x in _NODES)
WEIGHTS = tuple(0.5 * w for w in _WEIGHTS)
RUNNING = tuple(0.5 * r for r in _RUNNING)
