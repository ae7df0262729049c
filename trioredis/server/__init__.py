"""The tasks: listener, sessions, store, expiry, supervisor."""
