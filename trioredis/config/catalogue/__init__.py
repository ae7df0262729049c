"""Every directive of redis.conf that Redis 7.2 knows, by area.

Source: redis.conf of Redis 7.2; ranges and defaults as a redis-server reports them.
"""

from trioredis.config.catalogue.cluster import CLUSTER
from trioredis.config.catalogue.encoding_limits import ENCODING_LIMITS
from trioredis.config.catalogue.memory import MEMORY
from trioredis.config.catalogue.network import NETWORK
from trioredis.config.catalogue.observation import OBSERVATION
from trioredis.config.catalogue.persistence import PERSISTENCE
from trioredis.config.catalogue.process import PROCESS
from trioredis.config.catalogue.replication import REPLICATION
from trioredis.config.catalogue.security import SECURITY
from trioredis.config.catalogue.tls import TLS
from trioredis.config.directives import Directive, Level

DIRECTIVES: tuple[Directive, ...] = (
    *NETWORK,
    *TLS,
    *SECURITY,
    *PROCESS,
    *MEMORY,
    *ENCODING_LIMITS,
    *PERSISTENCE,
    *REPLICATION,
    *CLUSTER,
    *OBSERVATION,
)

_BY_NAME = {name: directive for directive in DIRECTIVES for name in directive.names}


def find(name: bytes) -> Directive | None:
    """Return the directive with that name, or with that former name, in any case."""
    return _BY_NAME.get(name.lower())


def with_level(level: Level) -> list[Directive]:
    """Return the directives of one level, in the order of the catalogue."""
    return [directive for directive in DIRECTIVES if directive.standing.level is level]


def departures() -> list[Directive]:
    """Return the directives whose default is not Redis's."""
    return [directive for directive in DIRECTIVES if directive.departure]
