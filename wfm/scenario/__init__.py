"""The scenario file: the steps' own input models composed into one, read with line numbers, overridden by ``--set``."""
