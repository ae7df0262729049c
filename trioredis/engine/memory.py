"""Memory as a whole: what MEMORY STATS and MEMORY DOCTOR tell. How it is measured, `engine.info` says.

Source: the Redis documentation of MEMORY STATS and MEMORY DOCTOR.
"""

from trioredis.engine.engine import Engine

_LITTLE = 5 * 2**20
"""Bytes since the start below which nothing can be said."""
_HIGH_PEAK = 1.5
"""How far the peak lies above what is used when it is worth a word."""
_LARGE_BUFFERS = 200 * 2**10
"""Bytes per client."""


def statistics(engine: Engine) -> dict[bytes, int | float]:
    """Return the reply of MEMORY STATS: bytes, a count, and a percentage."""
    used = engine.env.machine.resident_memory()
    peak = max(used, engine.env.machine.peak_memory())
    keys = len(engine.keyspace)
    return {
        b"peak.allocated": peak,
        b"total.allocated": used,
        b"startup.allocated": engine.startup_memory,
        b"clients.normal": _buffers(engine),
        b"keys.count": keys,
        b"keys.bytes-per-key": max(0, used - engine.startup_memory) // keys if keys else 0,
        b"peak.percentage": 100 * used / peak,
    }


def diagnosis(engine: Engine) -> bytes:
    """Return for people what is remarkable about the use of memory."""
    figures = statistics(engine)
    used = figures[b"total.allocated"]
    if used - engine.startup_memory < _LITTLE:
        return b"The server holds too little data for a diagnosis. Ask again when there is more of it.\n"
    findings = []
    if figures[b"peak.allocated"] > _HIGH_PEAK * used:
        findings.append(_PEAK % (100 * figures[b"peak.allocated"] / used))
    if figures[b"clients.normal"] > _LARGE_BUFFERS * len(engine.clients):
        findings.append(_BUFFERS % (figures[b"clients.normal"] // len(engine.clients)))
    return (
        b"".join(b"* %b\n" % finding for finding in findings) or b"Nothing is wrong with the use of memory.\n"
    )


_PEAK = (
    b"The process once took %d%% of the memory that it takes now. What the allocator kept from that time "
    b"will be used again, but is not given back to the system while parts of it are in use."
)
_BUFFERS = (
    b"Clients hold %d bytes each on average in what they sent or have not read yet. CLIENT LIST shows whose "
    b"qbuf and omem are large; client-output-buffer-limit ends those that do not read."
)


def _buffers(engine: Engine) -> int:
    connections = [client.connection for client in engine.clients]
    return sum(connection.input_size + connection.output_size for connection in connections)
