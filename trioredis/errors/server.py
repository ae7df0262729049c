"""Errors of commands about the server."""

from trioredis.errors.raising import LONG, shown

NO_CONFIG_FILE = b"ERR The server is running without a config file"
INVALID_COMMAND = b"ERR Invalid command specified"
INVALID_ARGUMENT_COUNT = b"ERR Invalid number of arguments specified for command"
INVALID_ARGUMENTS = b"ERR Invalid arguments specified for command"
NO_KEY_ARGUMENTS = b"ERR The command has no key arguments"
NO_SHUTDOWN = b"ERR No shutdown in progress."
SHUTDOWN_FAILED = b"ERR Errors trying to SHUTDOWN. Check logs."
SLOWLOG_COUNT = b"ERR count should be greater than or equal to -1"
PACKED_THRESHOLD = b"ERR argument must be a memory value bigger than 1 and smaller than 4gb"
NOT_IN_RESP2 = b"ERR RESP2 is not supported by this command"
PROTOCOL_TYPE = (
    b"ERR Wrong protocol type name. Please use one of the following: "
    b"string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"
)


def rewriting_failed(reason: bytes) -> bytes:
    """`reason` is what the operating system says about the configuration file."""
    return b"ERR Rewriting config file: %b" % reason


def command_not_allowed(command: bytes, directive: bytes) -> bytes:
    """`command` (``DEBUG``, ``MODULE``) is switched off by `directive` (``enable-debug-command``)."""
    return (
        b'ERR %b command not allowed. If the %b option is set to "local", you can run it from a local connection, '
        b"otherwise you need to set this option in the configuration file, and then restart the server."
    ) % (command, directive)


def unknown_category(name: bytes) -> bytes:
    """`name` as given to ACL CAT."""
    return b"ERR Unknown category '%b'" % shown(name, LONG)


def no_latency_samples(event: bytes) -> bytes:
    """`event` as given to LATENCY GRAPH."""
    return b"ERR No samples available for event '%b'" % shown(event)


def unknown_config(name: bytes) -> bytes:
    """`name` is the parameter of CONFIG SET that no directive has."""
    return b"ERR Unknown option or number of arguments for CONFIG SET - '%b'" % shown(name)


def config_set_failed(name: bytes, reason: bytes) -> bytes:
    """`reason` is what the directive `name` says about the value that it was given."""
    return b"ERR CONFIG SET failed (possibly related to argument '%b') - %b" % (shown(name), reason)
