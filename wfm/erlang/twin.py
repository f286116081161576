"""The Erlang formulas in plain Python, for one-shot questions: no numpy, no numba, no compile time.

These are the very functions `wfm.erlang.kernels` compiles, under the same names, so the two can only differ in
rounding. The mean handle time is the unit of time; `n` agents, `a` erlang.
"""

from wfm.erlang.formulas.delay import (
    delay_mean,
    delay_probability,
    delay_tail,
    ln_delay_probability,
    no_delay_probability,
)
from wfm.erlang.formulas.lines import measure_lines
from wfm.erlang.formulas.loss import blocking, ln_blocking, one_minus_blocking
from wfm.erlang.formulas.measure import measure, measure_endless
from wfm.erlang.formulas.measure_general import measure_general
from wfm.erlang.formulas.mixed import mixed
from wfm.erlang.formulas.patience import (
    abandoned,
    balance,
    mean_wait,
    mean_wait_abandoned,
    mean_wait_served,
    mean_wait_virtual,
    served,
    split,
    waiting,
)
from wfm.erlang.formulas.redial import attempts, measure_redial
from wfm.erlang.formulas.shared import measure_blend, measure_chats
from wfm.erlang.formulas.staffing import greatest_load, least_agents
from wfm.erlang.formulas.whitt import measure_whitt

__all__ = [
    "abandoned",
    "attempts",
    "balance",
    "blocking",
    "delay_mean",
    "delay_probability",
    "delay_tail",
    "greatest_load",
    "least_agents",
    "ln_blocking",
    "ln_delay_probability",
    "mean_wait",
    "mean_wait_abandoned",
    "mean_wait_served",
    "mean_wait_virtual",
    "measure",
    "measure_blend",
    "measure_chats",
    "measure_endless",
    "measure_general",
    "measure_lines",
    "measure_redial",
    "measure_whitt",
    "mixed",
    "no_delay_probability",
    "one_minus_blocking",
    "served",
    "split",
    "waiting",
]
