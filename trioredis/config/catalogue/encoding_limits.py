"""Directives about the sizes up to which a value is kept in its compact encoding."""

from trioredis.config.directives import Directive, meaningless
from trioredis.config.kinds import INT_MAX, INT_MIN, LONG_MAX, integer, memory

NO_COMPRESSION = meaningless("elements are Python objects, which nobody compresses")
COUNT, SIZE, ANY_INT = integer(0, LONG_MAX), memory(0, LONG_MAX), integer(INT_MIN, INT_MAX)

ENCODING_LIMITS = (
    Directive(b"hash-max-listpack-entries", COUNT, 512, aliases=(b"hash-max-ziplist-entries",)),
    Directive(b"hash-max-listpack-value", SIZE, 64, aliases=(b"hash-max-ziplist-value",)),
    Directive(b"list-max-listpack-size", ANY_INT, -2, aliases=(b"list-max-ziplist-size",)),
    Directive(b"list-compress-depth", integer(0, INT_MAX), 0, NO_COMPRESSION),
    Directive(b"set-max-intset-entries", COUNT, 512),
    Directive(b"set-max-listpack-entries", COUNT, 128),
    Directive(b"set-max-listpack-value", SIZE, 64),
    Directive(b"zset-max-listpack-entries", COUNT, 128, aliases=(b"zset-max-ziplist-entries",)),
    Directive(b"zset-max-listpack-value", SIZE, 64, aliases=(b"zset-max-ziplist-value",)),
    Directive(b"hll-sparse-max-bytes", SIZE, 3000),
    Directive(b"stream-node-max-bytes", SIZE, 4096),
    Directive(b"stream-node-max-entries", COUNT, 100),
)
