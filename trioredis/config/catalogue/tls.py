"""Directives about TLS: known, and refused where they would switch it on."""

from trioredis.config.directives import SENSITIVE, Directive, refused, waiting
from trioredis.config.kinds import BOOLEAN, INT_MAX, TEXT, integer, one_of

NO_TLS = refused("TLS does not work yet")
UNTIL_TLS = waiting("TLS comes with a later release")

TLS = (
    Directive(b"tls-port", integer(0, 65535), 0, NO_TLS),
    Directive(b"tls-replication", BOOLEAN, False, NO_TLS),
    Directive(b"tls-cluster", BOOLEAN, False, NO_TLS),
    Directive(b"tls-auth-clients", one_of(b"no", b"yes", b"optional"), b"yes", UNTIL_TLS),
    Directive(b"tls-prefer-server-ciphers", BOOLEAN, False, UNTIL_TLS),
    Directive(b"tls-session-caching", BOOLEAN, True, UNTIL_TLS),
    Directive(b"tls-session-cache-size", integer(0, INT_MAX), 20480, UNTIL_TLS),
    Directive(b"tls-session-cache-timeout", integer(0, INT_MAX), 300, UNTIL_TLS),
    Directive(b"tls-cert-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-key-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-key-file-pass", TEXT, b"", UNTIL_TLS, SENSITIVE),
    Directive(b"tls-client-cert-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-client-key-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-client-key-file-pass", TEXT, b"", UNTIL_TLS, SENSITIVE),
    Directive(b"tls-dh-params-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-ca-cert-file", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-ca-cert-dir", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-protocols", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-ciphers", TEXT, b"", UNTIL_TLS),
    Directive(b"tls-ciphersuites", TEXT, b"", UNTIL_TLS),
)
