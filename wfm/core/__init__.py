"""The floor everything stands on: words, units, tables, calendar. Imports nothing of wfm above it."""
