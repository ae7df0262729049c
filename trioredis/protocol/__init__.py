"""RESP2 and RESP3 without I/O: requests in, replies out, and the client's side of both.

Read in this order: `replies` (what a command returns), `encoding` (how that becomes bytes), `requests` (how
bytes become commands), `quoting` (what people type), `responses` (replies read back, for clients).
"""
