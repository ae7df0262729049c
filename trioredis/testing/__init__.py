"""A server for tests."""
