"""The formulas themselves: plain Python over ``math``, in units of the mean handle time, one queue at a time.

`wfm.erlang.twin` offers them as they are, `wfm.erlang.kernels` compiles the very same functions.
"""
