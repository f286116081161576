"""Codes of the laws of time: how a distribution is written as a flat array of numbers, for compiled code to draw from.

An array holds a code, then what the table says. ``wfm.core.distributions`` writes such arrays, ``wfm.core.distributions_kernel``
reads them.

==========  ===================================================================================================================
code        what follows
==========  ===================================================================================================================
LOGNORMAL   mean, coefficient of variation
GAMMA       scale, shape
UNIFORM     shortest, longest
QUANTILES   n, n shares below (from 0 to 1), n times: straight lines between them
DELAYED     onset, mean thereafter: exponential with onset 0, deterministic with mean 0, never with mean inf
WEIBULL     scale, shape
PHASES      n, n shares, n means: exponentials mixed
STEPS       n, mean of the tail, n times, n cumulated hazards after the step at each: everybody of a step leaves at its time
HAZARDS     n, n times (from 0), n hazards from each on, n cumulated hazards at each
ATOMS       share that leaves at once, share that never does, then the law of the others
ANNOUNCED   n, n times, n cumulated hazards just before each, n just after, n factors from each on, n corrections, then the
            law without announcements; the law's own cumulated hazard is (cumulated hazard - correction) / factor
CLASSES     n, n shares cumulated, n places, then n laws, one at each place
==========  ===================================================================================================================

Laws up to QUANTILES are inverted at a share, those from DELAYED to HAZARDS at a cumulated hazard (-log of the share still there).
"""

LOGNORMAL, GAMMA, UNIFORM, QUANTILES = 0, 1, 2, 3
DELAYED, WEIBULL, PHASES, STEPS, HAZARDS = 10, 11, 12, 13, 14
ATOMS, ANNOUNCED, CLASSES = 20, 21, 22
