"""The values: what a key holds. They know no key, no client and no wire."""
