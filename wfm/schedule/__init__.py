"""Shifts with breaks for a requirement: input models in `inputs`, the program in `solver`, the public step in `schedule`."""
