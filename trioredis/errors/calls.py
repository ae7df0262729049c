"""Errors of any command, and of what a client may do at all."""

from collections.abc import Sequence

from trioredis.errors.raising import LINE_BREAK, LONG, shown

# --- any command

SYNTAX = b"ERR syntax error"
WRONGTYPE = b"WRONGTYPE Operation against a key holding the wrong kind of value"
NO_SUCH_KEY = b"ERR no such key"
NOT_AN_INTEGER = b"ERR value is not an integer or out of range"
NOT_A_FLOAT = b"ERR value is not a valid float"
NOT_POSITIVE = b"ERR value is out of range, must be positive"
NUMKEYS_NOT_POSITIVE = b"ERR numkeys should be greater than 0"
COUNT_NOT_POSITIVE = b"ERR count should be greater than 0"
OUT_OF_RANGE = b"ERR value is out of range"
DB_OUT_OF_RANGE = b"ERR DB index is out of range"
INTERNAL = b"ERR internal error"
NO_CLUSTER = b"ERR This instance has cluster support disabled"


def wrong_arity(name: bytes) -> bytes:
    """`name` is the full lower-case name of the command: ``get``, ``object|encoding``."""
    return b"ERR wrong number of arguments for '%b' command" % name


def unknown_command(name: bytes, arguments: Sequence[bytes]) -> bytes:
    """`name` as the client spelled it; of the arguments the first 128 bytes are shown."""
    listed = b""
    for argument in arguments:
        if len(listed) >= LONG:
            break
        listed += b"'%b' " % shown(argument, LONG - len(listed))
    return b"ERR unknown command '%b', with args beginning with: %b" % (shown(name, LONG), listed)


def unknown_subcommand(command: bytes, subcommand: bytes) -> bytes:
    """`command` in upper case, `subcommand` as the client spelled it."""
    return b"ERR unknown subcommand '%b'. Try %b HELP." % (shown(subcommand, LONG), command)


def subcommand_syntax(argv: Sequence[bytes]) -> bytes:
    """Say that a subcommand cannot read its arguments; to be quoted."""
    texts = shown(argv[1], LONG), argv[0].upper()
    return b"ERR unknown subcommand or wrong number of arguments for '%b'. Try %b HELP." % texts


def out_of_bounds(lowest: int, highest: int) -> bytes:
    """Both bounds belong to the range; the missing "be" is Redis's."""
    return b"ERR value is out of range, value must between %d and %d" % (lowest, highest)


# --- before a command runs: limits, authentication, the state of the server

NOAUTH = b"NOAUTH Authentication required."
MAX_CLIENTS = b"ERR max number of clients reached"
DENIED = (
    b"DENIED Redis is running in protected mode because protected mode is enabled and no password is set for "
    b"the default user. In this mode connections are only accepted from the loopback interface. If you want to "
    b"connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable "
    b"protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by "
    b"connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly "
    b"accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) "
    b"Alternatively you can just disable the protected mode by editing the Redis configuration file, and "
    b"setting the protected mode option to 'no', and then restarting the server. 3) If you started the server "
    b"manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an "
    b"authentication password for the default user. NOTE: You only need to do one of the above things in order "
    b"for the server to start accepting connections from the outside."
)
LOADING = b"LOADING Redis is loading the dataset in memory"
MONITOR_IN_KEYSPACE = b"ERR Replica can't interact with the keyspace"
UNBLOCKED = b"UNBLOCKED client unblocked via CLIENT UNBLOCK"


# --- framing: the connection ends after one of these

TOO_BIG_MBULK_COUNT = b"ERR Protocol error: too big mbulk count string"
TOO_BIG_BULK_COUNT = b"ERR Protocol error: too big bulk count string"
TOO_BIG_INLINE = b"ERR Protocol error: too big inline request"
UNBALANCED_QUOTES = b"ERR Protocol error: unbalanced quotes in request"
INVALID_MULTIBULK_LENGTH = b"ERR Protocol error: invalid multibulk length"
INVALID_BULK_LENGTH = b"ERR Protocol error: invalid bulk length"
UNAUTHENTICATED_MULTIBULK_LENGTH = b"ERR Protocol error: unauthenticated multibulk length"
UNAUTHENTICATED_BULK_LENGTH = b"ERR Protocol error: unauthenticated bulk length"


def expected_dollar(got: bytes) -> bytes:
    """`got` is the byte that stands where the ``$`` of a bulk length belongs."""
    return b"ERR Protocol error: expected '$', got '%b'" % LINE_BREAK.sub(b" ", got)


# --- connection

NO_PASSWORD_SET = (
    b"ERR AUTH <password> called without any password configured for the default user. Are you sure your "
    b"configuration is correct?"
)
WRONGPASS = b"WRONGPASS invalid username-password pair or user is disabled."
NOPROTO = b"NOPROTO unsupported protocol version"
PROTOCOL_NOT_AN_INTEGER = b"ERR Protocol version is not an integer or out of range"
HELLO_NOAUTH = (
    b"NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> "
    b"option can be used to authenticate the client and select the RESP protocol version at the same time"
)
CLIENT_NAME = b"ERR Client names cannot contain spaces, newlines or special characters."
NO_SUCH_CLIENT = b"ERR No such client"
CLIENT_ID_NOT_POSITIVE = b"ERR client-id should be greater than 0"
INVALID_CLIENT_ID = b"ERR Invalid client ID"
TIMEOUT_NOT_A_FLOAT = b"ERR timeout is not a float or out of range"
TIMEOUT_NOT_AN_INTEGER = b"ERR timeout is not an integer or out of range"
TIMEOUT_OUT_OF_RANGE = b"ERR timeout is out of range"
TIMEOUT_NEGATIVE = b"ERR timeout is negative"
PAUSE_MODE = b"ERR CLIENT PAUSE mode must be WRITE or ALL"
UNBLOCK_REASON = b"ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"


def hello_option(option: bytes) -> bytes:
    """`option` as the client spelled it."""
    return b"ERR Syntax error in HELLO option '%b'" % shown(option)


def unknown_client_type(name: bytes) -> bytes:
    """`name` as given to CLIENT LIST TYPE or CLIENT KILL TYPE."""
    return b"ERR Unknown client type '%b'" % shown(name)


def no_such_user(name: bytes) -> bytes:
    """`name` as given to CLIENT KILL USER."""
    return b"ERR No such user '%b'" % shown(name)


def unrecognized_option(option: bytes) -> bytes:
    """`option` is an attribute that CLIENT SETINFO does not know (7.2)."""
    return b"ERR Unrecognized option '%b'" % shown(option)


def bad_client_attribute(attribute: bytes) -> bytes:
    """`attribute` is ``lib-name`` or ``lib-ver`` as the client spelled it (7.2)."""
    return b"ERR %b cannot contain spaces, newlines or special characters." % shown(attribute)


# --- publish and subscribe

SSUBSCRIBE_IN_TRANSACTION = b"ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"


def in_subscriber_mode(name: bytes) -> bytes:
    """`name` is the full lower-case name of the command."""
    return (
        b"ERR Can't execute '%b': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
        b"context" % name
    )


# --- client-side caching

SEVERAL_REDIRECTS = b"ERR A client can only redirect to a single other client"
NO_CLIENT_TO_REDIRECT_TO = b"ERR The client ID you want redirect to does not exist"
PREFIX_NEEDS_BCAST = b"ERR PREFIX option requires BCAST mode to be enabled"
OPT_WITH_BCAST = b"ERR OPTIN and OPTOUT are not compatible with BCAST"
OPTIN_WITH_OPTOUT = b"ERR You can't specify both OPTIN mode and OPTOUT mode"
CACHING_WITHOUT_TRACKING = b"ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
CACHING_YES = b"ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
CACHING_NO = b"ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."


def switched_while_tracking(modes: bytes) -> bytes:
    """`modes` (``BCAST mode on/off``) are those between which a client switches that tracks already."""
    return (
        b"ERR You can't switch %b before disabling tracking for this client, and then re-enabling it with a different "
        b"mode."
    ) % modes


def overlapping_prefixes(prefix: bytes, kind: bytes, other: bytes) -> bytes:
    """`prefix` begins as `other` does, ``an existing`` or ``another provided`` one, or the other way round."""
    return b"ERR Prefix '%b' overlaps with %b prefix '%b'. Prefixes for a single client must not overlap." % (
        shown(prefix),
        kind,
        shown(other),
    )


# --- transactions

NESTED_MULTI = b"ERR MULTI calls can not be nested"
WATCH_IN_MULTI = b"ERR WATCH inside MULTI is not allowed"
EXEC_WITHOUT_MULTI = b"ERR EXEC without MULTI"
DISCARD_WITHOUT_MULTI = b"ERR DISCARD without MULTI"
EXECABORT = b"EXECABORT Transaction discarded because of previous errors."
MONITOR_IN_TRANSACTION = b"ERR MONITOR isn't allowed for DENY BLOCKING client"
NOT_IN_TRANSACTION = b"ERR Command not allowed inside a transaction"


def execabort(reason: bytes) -> bytes:
    """`reason` is the error for which EXEC itself was refused."""
    return b"EXECABORT Transaction discarded because of: " + reason.removeprefix(b"ERR ")
