"""Who a client is: passwords (Redis documentation: AUTH, and ACL for what follows from requirepass).

There is one user, `default`. Its password is what the directive requirepass says; without one it needs none and
takes any. A client that is in stays in, whatever becomes of the password.
"""

from hashlib import sha256
from hmac import compare_digest
from typing import Final

from trioredis import errors
from trioredis.config.settings import Config
from trioredis.engine.clients import Client, Unusual
from trioredis.errors import CommandError

DEFAULT_USER: Final = b"default"


def authenticate(config: Config, client: Client, user: bytes, password: bytes) -> None:
    """Let a client in; CommandError, and all stays as it is, if that is not the password of that user."""
    expected: bytes = config[b"requirepass"]
    if user != DEFAULT_USER or (expected and not compare_digest(expected, password)):
        raise CommandError(errors.WRONGPASS)
    let_in(client)


def require_authentication(config: Config, client: Client) -> None:
    """Ask a client for the password, if there is one."""
    if not config[b"requirepass"]:
        let_in(client)
        return
    client.unusual |= Unusual.UNAUTHENTICATED
    client.connection.authenticated(False)


def let_in(client: Client) -> None:
    """Ask a client for nothing any more."""
    client.unusual &= ~Unusual.UNAUTHENTICATED
    client.connection.authenticated(True)


def password_digests(config: Config) -> list[bytes]:
    """Return what is shown of the passwords of the default user: their SHA-256 in hexadecimal digits."""
    password: bytes = config[b"requirepass"]
    return [sha256(password).hexdigest().encode()] if password else []
