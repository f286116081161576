"""Erlang C: n agents, nobody hangs up, offered load a in erlang, times in units of the mean handle time.

With Erlang B's odds b : s of being blocked, C = b / (b + s (n - a) / n), which is nB / (n - a + aB). The surplus n - a is
always formed as that difference, which is exact near full load, never as 1 - a/n. With n <= a the queue grows without end:
everyone waits, and waits for ever. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math

from wfm.erlang.formulas.loss import odds


def delay_probability(n: float, a: float) -> float:
    """P(W > 0): share of contacts that must wait; 1 where n <= a."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if a == 0.0 or n == math.inf:
        return 0.0
    if n <= a:
        return 1.0
    o = odds(n, a)
    return n * o.blocked / (n * o.blocked + (n - a) * o.served)


def no_delay_probability(n: float, a: float) -> float:
    """P(W = 0) = 1 - C, without cancellation near full load."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if a == 0.0 or n == math.inf:
        return 1.0
    if n <= a:
        return 0.0
    o = odds(n, a)
    served = (n - a) * o.served
    return served / (n * o.blocked + served)


def ln_delay_probability(n: float, a: float) -> float:
    """Logarithm of P(W > 0), finite also where C is too small for a double."""
    if not (n >= 0.0 and 0.0 <= a < math.inf):
        return math.nan
    if a == 0.0 or n == math.inf:
        return -math.inf
    if n <= a:
        return 0.0
    o = odds(n, a)
    if o.blocked > 0.5 * (o.blocked + o.served):
        # Near 1 the other side knows more digits.
        return math.log1p(-no_delay_probability(n, a))
    return o.ln_blocked - math.log(o.blocked + (n - a) / n * o.served)


def delay_tail(n: float, a: float, threshold: float) -> float:
    """P(W > threshold); 1 where n <= a."""
    if not threshold >= 0.0:
        return math.nan
    c = delay_probability(n, a)
    if c == 0.0 or n <= a:
        return c
    return c * math.exp(-(n - a) * threshold)


def delay_mean(n: float, a: float) -> float:
    """E[W] over all contacts; infinite where n <= a."""
    c = delay_probability(n, a)
    if c == 0.0:
        return 0.0
    if n <= a:
        return math.inf
    return c / (n - a)
