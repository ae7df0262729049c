"""A client for Redis over any Trio stream."""
