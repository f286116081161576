"""Random numbers as pure functions of a key: the one compiled implementation that every engine draws from.

A number belongs to a key (seed, replication, purpose, type, day, ordinal, attempt, leg, step), not to the moment it is asked for.
So it does not matter in which order, on how many workers or by which engine numbers are drawn, and a scenario with 10 % more
contacts meets the same people (DESIGN section 4, "Draw first, then play").

Generator: Philox4x32-10, a 128-bit counter scrambled under a 64-bit key (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as
easy as 1, 2, 3", SC 2011). How a key is packed, bits in brackets:

========  ==============================================================================
key 0     seed [32]
key 1     replication [32]
word 0    ordinal [32]: number of the contact among its type and day
word 1    day [22]: `datetime.date.toordinal` of the local day; type [10]
word 2    attempt [8]; leg [8]; block [16]: the purpose without its last bit
word 3    step [32]: interval of the day, or trial of a rejection
========  ==============================================================================

One scrambled counter holds two uniforms, so the last bit of a purpose says which of the two it is: purposes 2k and 2k+1 come from
one block at the price of one. Compiled functions trust their arguments; `check_key` refuses what would not fit.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Purposes. A new one takes the next number; a number once given keeps its meaning, or old seeds would play other days.
ARRIVAL = 0
HANDLE = 2
PATIENCE = 3
REDIAL = 4
REDIAL_DELAY = 5
BUSYNESS = 6  # the day's level; 6 and 7 are the two uniforms of one trial
SLOT_BUSYNESS = 8  # one interval's level within its day; 8 and 9 likewise
AGENTS = 10  # whether a fractional agent is there in an interval
START = 12  # who is there already when a stretch of time begins; 12 and 13
TRANSFER = 14  # whether and where to a finished leg is transferred
DAY_LEVEL = 16  # what is new in a type's level on a day, when days hang together
COMMON_LEVEL = 18  # what is new on a day in the level that types share, under type 0
SLOT_LEVEL = 20  # what is new in an interval's level, when the intervals of a day hang together; 20 and 21
BURST = 22  # one more contact of a burst, 22, and its lag, 23
CLASS = 24  # which class of problem a contact is about
SPEED = 26  # an agent's own speed
BREAKDOWN = 28  # how long the platform is up, or down

# Families of the handle time.
LOGNORMAL = 0
EXPONENTIAL = 1

#: A wait nobody sees the end of, in microseconds (146,000 years); sums of it with any clock time still fit 64 bits.
NEVER = 1 << 62
#: Latest moment at which an engine lets an agent answer (73,000 years), and longest handle time (35 years), in microseconds: sums
#: over thousands of agents still fit 64 bits.
LATEST = 1 << 61
LONGEST = 1 << 50

LIMITS = {
    "seed": 1 << 32,
    "replication": 1 << 32,
    "purpose": 1 << 17,
    "type": 1 << 10,
    "day": 1 << 22,
    "ordinal": 1 << 32,
    "attempt": 1 << 8,
    "leg": 1 << 8,
    "step": 1 << 32,
}

_BLOCK = 256  # ordinals whose uniforms are drawn together

_Word: TypeAlias = np.uint64
_U = np.uint64
_LOW = _U(0xFFFFFFFF)
_32 = _U(32)
_M0, _M1 = _U(0xD2511F53), _U(0xCD9E8D57)
_W0, _W1 = _U(0x9E3779B9), _U(0xBB67AE85)


def check_key(**parts: int) -> None:
    """Refuse parts of a key that do not fit their bits.

    Parameters
    ----------
    **parts
        Any of the names in `LIMITS`.

    Raises
    ------
    ValueError
        A part is negative or too large: two keys would share their random numbers.
    """
    for name, value in parts.items():
        if not 0 <= value < LIMITS[name]:
            raise ValueError(f"{name} is {value}; random numbers are keyed by a {name} from 0 to {LIMITS[name] - 1}")


@njit(inline="always")
def _round(c0: _Word, c1: _Word, c2: _Word, c3: _Word, k0: _Word, k1: _Word) -> tuple[_Word, _Word, _Word, _Word, _Word, _Word]:
    p0 = _M0 * c0
    p1 = _M1 * c2
    return (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW, (k0 + _W0) & _LOW, (k1 + _W1) & _LOW


@njit(cache=True, nogil=True)
def philox(c0: _Word, c1: _Word, c2: _Word, c3: _Word, k0: _Word, k1: _Word) -> tuple[_Word, _Word, _Word, _Word]:
    """Philox4x32-10: four 32-bit words (as uint64) from a counter of four and a key of two, all uint64 below 2**32."""
    for _ in range(10):
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
    return c0, c1, c2, c3


@njit(inline="always")
def _open_unit(high: _Word, low: _Word) -> float:
    # 52 bits and a half: an odd multiple of 2**-53, hence never 0 or 1, symmetric around 1/2, and 1 - u is exact.
    return (float(np.int64((high << _U(20)) | (low >> _U(12)))) + 0.5) * 2.220446049250313e-16


@njit(cache=True, nogil=True)
def pair(
    seed: int, replication: int, purpose: int, kind: int, day: int, ordinal: int, attempt: int, leg: int, step: int
) -> tuple[float, float]:
    """Both uniforms on (0, 1) of the block that ``purpose`` lies in: those of the even and of the odd purpose."""
    w0, w1, w2, w3 = philox(
        _U(ordinal) & _LOW,
        _U(day) | (_U(kind) << _U(22)),
        _U(attempt) | (_U(leg) << _U(8)) | ((_U(purpose) >> _U(1)) << _U(16)),
        _U(step) & _LOW,
        _U(seed) & _LOW,
        _U(replication) & _LOW,
    )
    return _open_unit(w0, w1), _open_unit(w2, w3)


@njit(cache=True, nogil=True)
def fill_pairs(
    seed: int,
    replication: int,
    purpose: int,
    kind: int,
    day: int,
    first: int,
    attempt: int,
    even: NDArray[np.float64],
    odd: NDArray[np.float64],
) -> None:
    """What `pair` gives for ordinals ``first``, ``first`` + 1, ... (leg and step 0), several at a time."""
    word1 = _U(day) | (_U(kind) << _U(22))
    word2 = _U(attempt) | ((_U(purpose) >> _U(1)) << _U(16))
    key0, key1 = _U(seed) & _LOW, _U(replication) & _LOW
    for i in range(len(even)):
        # The rounds are written out, not called or looped over: only so do they go through the vector units.
        c0, c1, c2, c3, k0, k1 = _U(first + i) & _LOW, word1, word2, _U(0), key0, key1
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        c0, c1, c2, c3, k0, k1 = _round(c0, c1, c2, c3, k0, k1)
        even[i] = _open_unit(c0, c1)
        odd[i] = _open_unit(c2, c3)


@njit(cache=True, nogil=True)
def uniform(
    seed: int, replication: int, purpose: int, kind: int, day: int, ordinal: int, attempt: int, leg: int, step: int
) -> float:
    """The uniform on (0, 1) of a key; ``kind`` is the number of the contact type."""
    even, odd = pair(seed, replication, purpose, kind, day, ordinal, attempt, leg, step)
    return odd if purpose & 1 else even


@njit(cache=True, nogil=True)
def exponential_quantile(u: float) -> float:
    """Quantile of the exponential with mean 1."""
    return -math.log(1.0 - u)


@njit(cache=True, nogil=True)
def normal_quantile(u: float) -> float:
    """Quantile of the standard normal, relative error about 1e-16 (Wichura 1988, algorithm AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3
        top = top * r + 3.3430575583588128105e4
        top = top * r + 6.7265770927008700853e4
        top = top * r + 4.5921953931549871457e4
        top = top * r + 1.3731693765509461125e4
        top = top * r + 1.9715909503065514427e3
        top = top * r + 1.3314166789178437745e2
        top = top * r + 3.3871328727963666080e0
        below = 5.2264952788528545610e3
        below = below * r + 2.8729085735721942674e4
        below = below * r + 3.9307895800092710610e4
        below = below * r + 2.1213794301586595867e4
        below = below * r + 5.3941960214247511077e3
        below = below * r + 6.8718700749205790830e2
        below = below * r + 4.2313330701600911252e1
        return q * top / (below * r + 1.0)
    r = math.sqrt(-math.log(u if q < 0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4
        top = top * r + 2.27238449892691845833e-2
        top = top * r + 2.41780725177450611770e-1
        top = top * r + 1.27045825245236838258e0
        top = top * r + 3.64784832476320460504e0
        top = top * r + 5.76949722146069140550e0
        top = top * r + 4.63033784615654529590e0
        top = top * r + 1.42343711074968357734e0
        below = 1.05075007164441684324e-9
        below = below * r + 5.47593808499534494600e-4
        below = below * r + 1.51986665636164571966e-2
        below = below * r + 1.48103976427480074590e-1
        below = below * r + 6.89767334985100004550e-1
        below = below * r + 1.67638483018380384940e0
        below = below * r + 2.05319162663775882187e0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7
        top = top * r + 2.71155556874348757815e-5
        top = top * r + 1.24266094738807843860e-3
        top = top * r + 2.65321895265761230930e-2
        top = top * r + 2.96560571828504891230e-1
        top = top * r + 1.78482653991729133580e0
        top = top * r + 5.46378491116411436990e0
        top = top * r + 6.65790464350110377720e0
        below = 2.04426310338993978564e-15
        below = below * r + 1.42151175831644588870e-7
        below = below * r + 1.84631831751005468180e-5
        below = below * r + 7.86869131145613259100e-4
        below = below * r + 1.48753612908506148525e-2
        below = below * r + 1.36929880922735805310e-1
        below = below * r + 5.99832206555887937690e-1
    z = top / (below * r + 1.0)
    return -z if q < 0 else z


@njit(cache=True, nogil=True)
def lognormal_quantile(u: float, cv: float) -> float:
    """Quantile of the lognormal with mean 1 and coefficient of variation ``cv``; 0 gives exactly 1."""
    if cv == 0.0:
        return 1.0
    variance = math.log1p(cv * cv)
    return math.exp(math.sqrt(variance) * normal_quantile(u) - 0.5 * variance)


@njit(cache=True, nogil=True)
def gamma_factor(seed: int, replication: int, purpose: int, kind: int, day: int, slot: int, cv: float) -> float:
    """A gamma variate of mean 1 and coefficient of variation ``cv``; 0 gives exactly 1.

    Rejection of Marsaglia and Tsang ("A simple method for generating gamma variables", ACM TOMS 26, 2000) with shape 1/cv**2, each
    trial under its own key, so nearby ``cv`` give nearby factors. ``purpose`` is even and owns the next number too; ``slot`` tells
    the intervals of a day apart.
    """
    if cv == 0.0:
        return 1.0
    shape = 1.0 / (cv * cv)
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    trial = 1
    while True:
        u1, u2 = pair(seed, replication, purpose, kind, day, slot, 0, 0, trial)
        z = normal_quantile(u1)
        v = 1.0 + c * z
        v = v * v * v
        if v > 0.0 and math.log(u2) < 0.5 * z * z + d - d * v + d * math.log(v):
            break
        trial += 1
    if shape < 1.0:  # a gamma of shape a is one of shape a + 1 times U**(1/a)
        boost, _ = pair(seed, replication, purpose, kind, day, slot, 0, 0, 0)
        v *= boost ** (1.0 / shape)
    return d * v / shape


@njit(cache=True, nogil=True)
def microseconds(seconds: float) -> int:
    """Seconds as whole microseconds, `NEVER` at most."""
    return NEVER if seconds >= 4.0e12 else round(seconds * 1e6)


@njit(cache=True, nogil=True)
def fill_arrivals(
    seed: int,
    replication: int,
    kind: int,
    day: int,
    start: NDArray[np.int64],
    length: NDArray[np.int64],
    expected: NDArray[np.float64],
    first: int,
    place: NDArray[np.int64],
    used: NDArray[np.float64],
    arrival: NDArray[np.int64],
    interval: NDArray[np.int64],
) -> int:
    """Arrivals of one type and day: its cumulated intensity, inverted at the partial sums of unit exponentials.

    Parameters
    ----------
    start, length
        int64[K], microseconds: the day's intervals, ascending.
    expected
        float64[K], contacts expected in each interval.
    first
        Number of the day's first interval, added to what goes into ``interval``.
    place, used
        Where to go on, changed in place: the interval within the day and how many contacts have come, [2]; intensity used up
        within that interval, [1]. All 0 to begin with.
    arrival, interval
        Outputs: clock times in microseconds, and the interval of each.

    Returns
    -------
    int
        How many contacts arrive. As many as the outputs hold means that there may be more.
    """
    room, count, k, into, begin = len(arrival), 0, place[0], used[0], place[1]
    even, odd = np.empty(_BLOCK), np.empty(_BLOCK)
    while count < room:
        if count % _BLOCK == 0:
            fill_pairs(seed, replication, ARRIVAL, kind, day, begin + count, 0, even, odd)
        into += exponential_quantile(even[count % _BLOCK])
        while k < len(expected) and into >= expected[k]:
            into -= expected[k]
            k += 1
        if k == len(expected):
            break
        arrival[count] = start[k] + min(int(into / expected[k] * length[k]), length[k] - 1)
        interval[count] = first + k
        count += 1
    place[0], place[1], used[0] = k, begin + count, into
    return count


@njit(cache=True, nogil=True)
def redial(seed: int, replication: int, kind: int, day: int, ordinal: int, attempt: int, share: float, mean_delay: float) -> int:
    """Microseconds until the customer tries again after ``attempt`` failed, or -1 for one who gives up."""
    u, v = pair(seed, replication, REDIAL, kind, day, ordinal, attempt, 0, 0)
    return microseconds(mean_delay * exponential_quantile(v)) if u < share else -1
