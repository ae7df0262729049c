"""The level of Redis's log that Python's `logging` has no name for."""

NOTICE = 25
"""What happens in the normal course of things and somebody may want to know; between INFO, which is Redis's
verbose, and WARNING, so that a program which has not set up any logging does not see it."""
