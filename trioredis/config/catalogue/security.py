"""Directives about who may do what."""

from trioredis.config.directives import HONOURED, IMMUTABLE, SENSITIVE, Directive, refused, waiting
from trioredis.config.kinds import LONG_MAX, SECRET, TEXT, integer, one_of

UNTIL_ACL = waiting("users other than the default one come with a later release")
WHO = one_of(b"no", b"yes", b"local")

SECURITY = (
    Directive(b"requirepass", SECRET, b"", HONOURED, SENSITIVE),
    Directive(b"aclfile", TEXT, b"", refused("there are no users but the default one yet"), IMMUTABLE),
    Directive(b"acllog-max-len", integer(0, LONG_MAX), 128, UNTIL_ACL),
    Directive(b"acl-pubsub-default", one_of(b"allchannels", b"resetchannels"), b"resetchannels", UNTIL_ACL),
    Directive(b"enable-protected-configs", WHO, b"no", HONOURED, IMMUTABLE),
    Directive(b"enable-debug-command", WHO, b"no", HONOURED, IMMUTABLE),
    Directive(b"enable-module-command", WHO, b"no", refused("modules cannot be loaded"), IMMUTABLE),
)
