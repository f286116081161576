"""Queues whose rates and agents change with time: the exact chain, and approximations where no chain applies."""
