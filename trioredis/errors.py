"""Every error text of the server, in one place.

Clients match on these texts, so they are Redis's own, byte for byte, and no other module spells one out. A
text is the whole error line without the leading ``-`` and the final CRLF; its first word is the code that
client libraries turn into exception classes. A text without parameters is a constant, one with parameters a
function. A command refuses by ``raise CommandError(errors.SYNTAX)``.

What a client sent may show up in a text. `shown` cuts it as Redis does (at a NUL, since C prints it, and
at 128 bytes) and turns CR and LF into spaces, so that no client can smuggle a second reply into an error line.
"""

import re
from collections.abc import Callable, Sequence


class CommandError(Exception):
    """An error reply; `text` is its line without ``-`` and CRLF: a code and a message, ``ERR no such key``."""

    text: bytes

    def __init__(self, text: bytes | str) -> None:
        super().__init__(text)
        self.text = text.encode() if isinstance(text, str) else text

    def __str__(self) -> str:
        return self.text.decode("utf-8", "backslashreplace")

    def answer(self, argv: Sequence[bytes]) -> bytes:
        """Return the error line for a command line."""
        return self.text


class QuotingError(CommandError):
    """An error reply that quotes the name of its command as it was typed, which no handler sees."""

    def __init__(self, quote: Callable[[Sequence[bytes]], bytes]) -> None:
        super().__init__(b"")
        self._quote = quote

    def answer(self, argv: Sequence[bytes]) -> bytes:
        """Return the error line for a command line."""
        return self._quote(argv)


# How much of a name, or of the arguments of an unknown command, an error line quotes.
_LONG = 128

_LINE_BREAK = re.compile(rb"[\r\n]")


def shown(text: bytes, limit: int | None = None) -> bytes:
    """Return `text` as an error line may quote it: up to a NUL, at most `limit` bytes, on one line."""
    return _LINE_BREAK.sub(b" ", text.partition(b"\0")[0][:limit])


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
        if len(listed) >= _LONG:
            break
        listed += b"'%b' " % shown(argument, _LONG - len(listed))
    return b"ERR unknown command '%b', with args beginning with: %b" % (shown(name, _LONG), listed)


def unknown_subcommand(command: bytes, subcommand: bytes) -> bytes:
    """`command` in upper case, `subcommand` as the client spelled it."""
    return b"ERR unknown subcommand '%b'. Try %b HELP." % (shown(subcommand, _LONG), command)


def subcommand_syntax(argv: Sequence[bytes]) -> bytes:
    """Say that a subcommand cannot read its arguments; to be quoted."""
    texts = shown(argv[1], _LONG), argv[0].upper()
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

# --- publish and subscribe


def in_subscriber_mode(name: bytes) -> bytes:
    """`name` is the full lower-case name of the command."""
    return (
        b"ERR Can't execute '%b': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this "
        b"context" % name
    )


def deny_blocking(name: bytes) -> bytes:
    """`name` is the upper-case name of the command."""
    return b"ERR %b isn't allowed for a DENY BLOCKING client" % name


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
    return b"ERR Protocol error: expected '$', got '%b'" % _LINE_BREAK.sub(b" ", got)


# --- strings

OVERFLOW = b"ERR increment or decrement would overflow"
DECREMENT_OVERFLOW = b"ERR decrement would overflow"
NAN_OR_INFINITY = b"ERR increment would produce NaN or Infinity"
OFFSET_OUT_OF_RANGE = b"ERR offset is out of range"
STRING_TOO_LONG = b"ERR string exceeds maximum allowed size (proto-max-bulk-len)"
LCS_NEEDS_STRINGS = b"ERR The specified keys must contain string values"
LCS_LEN_AND_IDX = b"ERR If you want both the length and indexes, please just use IDX."
LCS_TOO_LONG = b"ERR String too long for LCS"
LCS_TRANSIENT_MEMORY = b"ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"


def invalid_expire(name: bytes) -> bytes:
    """`name` is the lower-case name of the command that was given the time."""
    return b"ERR invalid expire time in '%b' command" % name


# --- bitmaps

BIT_OFFSET = b"ERR bit offset is not an integer or out of range"
BIT_VALUE = b"ERR bit is not an integer or out of range"
BIT_NEITHER_0_NOR_1 = b"ERR The bit argument must be 1 or 0."
BITOP_NOT_ONE_KEY = b"ERR BITOP NOT must be called with a single source key."
BITFIELD_TYPE = (
    b"ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
)
BITFIELD_OVERFLOW = b"ERR Invalid OVERFLOW type specified"
BITFIELD_READ_ONLY = b"ERR BITFIELD_RO only supports the GET subcommand"

# --- hyperloglogs

NOT_A_HYPERLOGLOG = b"WRONGTYPE Key is not a valid HyperLogLog string value."
CORRUPTED_HYPERLOGLOG = b"INVALIDOBJ Corrupted HLL object detected"
HYPERLOGLOG_NOT_SPARSE = b"ERR HLL encoding is not sparse"
NO_HYPERLOGLOG = b"ERR The specified key does not exist"


def unknown_pfdebug_subcommand(name: bytes) -> bytes:
    """`name` as the client spelled it."""
    return b"ERR Unknown PFDEBUG subcommand '%b'" % shown(name)


def hyperloglog_self_test_failed(finding: str) -> bytes:
    """`finding` is what PFSELFTEST found wrong."""
    return b"ERR TESTFAILED %b" % finding.encode()


# --- lists

INDEX_OUT_OF_RANGE = b"ERR index out of range"
RANK_ZERO = (
    b"ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start "
    b"from the end of the list"
)
COUNT_NEGATIVE = b"ERR COUNT can't be negative"
MAXLEN_NEGATIVE = b"ERR MAXLEN can't be negative"

# --- hashes

HASH_NOT_AN_INTEGER = b"ERR hash value is not an integer"
HASH_NOT_A_FLOAT = b"ERR hash value is not a float"
VALUE_NAN_OR_INFINITY = b"ERR value is NaN or Infinity"

# --- sets

TOO_MANY_KEYS = b"ERR Number of keys can't be greater than number of args"
LIMIT_NEGATIVE = b"ERR LIMIT can't be negative"

# --- sorted sets

NX_AND_XX = b"ERR XX and NX options at the same time are not compatible"
GT_LT_AND_NX = b"ERR GT, LT, and/or NX options at the same time are not compatible"
ONE_INCREMENT = b"ERR INCR option supports a single increment-element pair"
SCORE_NAN = b"ERR resulting score is not a number (NaN)"
BOUND_NOT_A_FLOAT = b"ERR min or max is not a float"
BOUND_NOT_A_MEMBER = b"ERR min or max not valid string range item"
LIMIT_BY_RANK = b"ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
SCORES_BY_LEX = b"ERR syntax error, WITHSCORES not supported in combination with BYLEX"
WEIGHT_NOT_A_FLOAT = b"ERR weight value is not a float"


def no_input_keys(name: bytes) -> bytes:
    """`name` is the lower-case name of the command."""
    return b"ERR at least 1 input key is needed for '%b' command" % name


# --- keys

SAME_OBJECT = b"ERR source and destination objects are the same"
INVALID_CURSOR = b"ERR invalid cursor"
EXPIRE_NX_CONFLICT = b"ERR NX and XX, GT or LT options at the same time are not compatible"
EXPIRE_GT_LT = b"ERR GT and LT options at the same time are not compatible"
NO_FREQUENCY = (
    b"ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching "
    b"between policies at runtime LRU and LFU data will take some time to adjust."
)
FIRST_DB_INVALID = b"ERR invalid first DB index"
SECOND_DB_INVALID = b"ERR invalid second DB index"


def unsupported_option(option: bytes) -> bytes:
    """`option` is what stands where EXPIRE and its kin expect a condition."""
    # It ends the line, and there Redis drops line breaks instead of replacing them.
    return b"ERR Unsupported option %b" % shown(option.rstrip(b"\r\n"))


# --- streams

INVALID_STREAM_ID = b"ERR Invalid stream ID specified as stream command argument"
STREAM_ID_ZERO = b"ERR The ID specified in XADD must be greater than 0-0"
STREAM_ID_TOO_SMALL = b"ERR The ID specified in XADD is equal or smaller than the target stream top item"
STREAM_IDS_EXHAUSTED = b"ERR The stream has exhausted the last possible ID, unable to add more items"
STREAM_ENTRY_TOO_LARGE = b"ERR Elements are too large to be stored"
INVALID_START_ID = b"ERR invalid start ID for the interval"
INVALID_END_ID = b"ERR invalid end ID for the interval"
TRIM_LENGTH_NEGATIVE = b"ERR The MAXLEN argument must be >= 0."
TRIM_LIMIT_NEGATIVE = b"ERR The LIMIT argument must be >= 0."
MAXLEN_AND_MINID = b"ERR syntax error, MAXLEN and MINID options at the same time are not compatible"
LIMIT_WITHOUT_STRATEGY = b"ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"
LIMIT_WITHOUT_TILDE = b"ERR syntax error, LIMIT cannot be used without the special ~ option"
XTRIM_WITHOUT_STRATEGY = b"ERR syntax error, XTRIM must be called with a trimming strategy"
ENTRIES_ADDED_NEGATIVE = b"ERR entries_added must be positive"
XSETID_BELOW_GIVEN_DELETED = (
    b"ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id"
)
XSETID_BELOW_DELETED = b"ERR The ID specified in XSETID is smaller than current max_deleted_entry_id"
XSETID_BELOW_TOP = b"ERR The ID specified in XSETID is smaller than the target stream top item"
XSETID_BELOW_LENGTH = b"ERR The entries_added specified in XSETID is smaller than the target stream length"

# --- consumer groups

XGROUP_NEEDS_KEY = (
    b"ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM "
    b"option to create an empty stream automatically."
)
BUSYGROUP = b"BUSYGROUP Consumer Group name already exists"
ENTRIES_READ_NEGATIVE = b"ERR value for ENTRIESREAD must be positive or -1"
MISSING_GROUP_OPTION = b"ERR Missing GROUP option for XREADGROUP"
DOLLAR_IN_XREADGROUP = (
    b"ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by "
    b"specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set."
)
GREATER_IN_XREAD = (
    b"ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."
)
AUTOCLAIM_COUNT = b"ERR COUNT must be > 0"
AUTOCLAIM_MEMORY = b"ERR Insufficient memory, failed allocating transient memory, COUNT too high."


def unbalanced_streams(command: bytes, symbol: bytes) -> bytes:
    """`command` in lower case, `symbol` an id that it takes instead of a number."""
    return b"ERR Unbalanced '%b' list of streams: for each stream key an ID or '%b' must be specified." % (
        command,
        symbol,
    )


def only_xreadgroup(option: bytes) -> bytes:
    """`option` is GROUP or NOACK."""
    return b"ERR The %b option is only supported by XREADGROUP. You called XREAD instead." % option


def no_group_to_read(key: bytes, group: bytes) -> bytes:
    """XREADGROUP found no key, or no such group of it."""
    return b"NOGROUP No such key '%b' or consumer group '%b' in XREADGROUP with GROUP option" % (
        shown(key),
        shown(group),
    )


def no_key_or_group(key: bytes, group: bytes) -> bytes:
    """XPENDING, XCLAIM or XAUTOCLAIM found no key, or no such group of it."""
    return b"NOGROUP No such key '%b' or consumer group '%b'" % (shown(key), shown(group))


def no_group(key: bytes, group: bytes) -> bytes:
    """The stream at the key has no such group."""
    return b"NOGROUP No such consumer group '%b' for key name '%b'" % (shown(group), shown(key))


def invalid_claim_argument(name: bytes) -> bytes:
    """`name` is an argument as the text has it: ``min-idle-time argument for XCLAIM``."""
    return b"ERR Invalid %b" % name


def unrecognized_claim_option(option: bytes) -> bytes:
    """`option` is what stands where XCLAIM expects an id or an option."""
    return b"ERR Unrecognized XCLAIM option '%b'" % shown(option)


# --- sorting

SORT_WEIGHT_NOT_A_FLOAT = b"ERR One or more scores can't be converted into double"

# --- places

UNIT = b"ERR unsupported unit provided. please use M, KM, FT, MI"
RADIUS_NOT_A_NUMBER = b"ERR need numeric radius"
RADIUS_NEGATIVE = b"ERR radius cannot be negative"
WIDTH_NOT_A_NUMBER = b"ERR need numeric width"
HEIGHT_NOT_A_NUMBER = b"ERR need numeric height"
BOX_NEGATIVE = b"ERR height or width cannot be negative"
MEMBER_WITHOUT_PLACE = b"ERR could not decode requested zset member"
GEO_COUNT_NOT_POSITIVE = b"ERR COUNT must be > 0"
ANY_NEEDS_COUNT = b"ERR the ANY argument requires COUNT argument"
GEORADIUS_STORE = (
    b"ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
)
GEOSEARCHSTORE_SHOWS = b"ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"


def invalid_place(longitude: float, latitude: float) -> bytes:
    """Say that a pair of coordinates is not on the map."""
    return b"ERR invalid longitude,latitude pair %f,%f" % (longitude, latitude)


def center_missing(argv: Sequence[bytes]) -> bytes:
    """Say that GEOSEARCH needs a center; to be quoted."""
    return b"ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for %b" % argv[0]


def shape_missing(argv: Sequence[bytes]) -> bytes:
    """Say that GEOSEARCH needs a shape; to be quoted."""
    return b"ERR exactly one of BYRADIUS and BYBOX can be specified for %b" % argv[0]


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


# --- server

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
    return b"ERR Unknown category '%b'" % shown(name, _LONG)


def no_latency_samples(event: bytes) -> bytes:
    """`event` as given to LATENCY GRAPH."""
    return b"ERR No samples available for event '%b'" % shown(event)


def unknown_config(name: bytes) -> bytes:
    """`name` is the parameter of CONFIG SET that no directive has."""
    return b"ERR Unknown option or number of arguments for CONFIG SET - '%b'" % shown(name)


def config_set_failed(name: bytes, reason: bytes) -> bytes:
    """`reason` is what the directive `name` says about the value that it was given."""
    return b"ERR CONFIG SET failed (possibly related to argument '%b') - %b" % (shown(name), reason)


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


# --- functions

FUNCTION_NOT_FOUND = b"ERR Function not found"
LIBRARY_NOT_FOUND = b"ERR Library not found"
BAD_NUMBER_OF_KEYS = b"ERR Bad number of keys provided"
LIBRARY_METADATA_MISSING = b"ERR Missing library metadata"
LIBRARY_METADATA_INVALID = b"ERR Invalid library metadata"
LIBRARY_NAME_MISSING = b"ERR Library name was not given"
LIBRARY_NAME_TWICE = b"ERR Invalid metadata value, name argument was given multiple times"
LIBRARY_NAME_INVALID = b"ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long"
NO_FUNCTIONS = b"ERR No functions registered"
FUNCTION_IN_LIBRARY = b"ERR Function already exists in the library"
LIBRARY_PATTERN_MISSING = b"ERR library name argument was not given"
FUNCTION_FLUSH_MODE = b"ERR FUNCTION FLUSH only supports SYNC|ASYNC option"
RESTORE_POLICY = b"ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE."
BAD_PAYLOAD = b"ERR DUMP payload version or checksum are wrong"
NOT_A_FUNCTION_TYPE = b"ERR given type is not a function"
FUNCTION_LOAD_TIMEOUT = b"ERR FUNCTION LOAD timeout"
LIBRARY_PAYLOAD = b"ERR Failed loading library payload"


def invalid_library_metadata(word: bytes) -> bytes:
    """`word` of the shebang is no option of a library."""
    return b"ERR Invalid metadata value given: %b" % shown(word)


def engine_not_found(engine: bytes) -> bytes:
    """`engine` as a shebang has it."""
    return b"ERR Engine '%b' not found" % shown(engine)


def library_exists(name: bytes) -> bytes:
    """There is a library that FUNCTION LOAD may not replace."""
    return b"ERR Library '%b' already exists" % name


def restored_library_exists(name: bytes) -> bytes:
    """There is a library that FUNCTION RESTORE may not replace."""
    return b"ERR Library %b already exists" % name


def function_exists(name: bytes) -> bytes:
    """Another library has a function of that name."""
    return b"ERR Function %b already exists" % name


def library_not_compiled(reason: bytes) -> bytes:
    """`reason` is what Lua says about a library."""
    return b"ERR Error compiling function: %b" % reason


def library_not_run(reason: bytes) -> bytes:
    """`reason` is the error, with its code, in which a library ended while it was loaded."""
    return b"ERR Error registering functions: %b" % reason


def unknown_load_option(option: bytes) -> bytes:
    """`option` stands before the code in FUNCTION LOAD."""
    # It ends the line, and there Redis drops line breaks instead of replacing them.
    return b"ERR Unknown option given: %b" % shown(option.rstrip(b"\r\n"))


def unknown_list_argument(argument: bytes) -> bytes:
    """`argument` as given to FUNCTION LIST."""
    return b"ERR Unknown argument %b" % shown(argument)


# --- scripts

NOSCRIPT = b"NOSCRIPT No matching script. Please use EVAL."
KEYS_NEGATIVE = b"ERR Number of keys can't be negative"
SCRIPT_MEMORY = b"ERR not enough memory for a script"
SCRIPT_CALLS_NOTHING = b"ERR Please specify at least one argument for this redis lib call"
SCRIPT_ARGUMENT_TYPE = b"ERR Lua redis lib command arguments must be strings or integers"
SCRIPT_UNKNOWN_COMMAND = b"ERR Unknown Redis command called from script"
SCRIPT_WRONG_ARITY = b"ERR Wrong number of args calling Redis command from script"
NOT_FROM_SCRIPT = b"ERR This Redis command is not allowed from script"
SCRIPT_READS_ONLY = b"ERR Write commands are not allowed from read-only scripts."
SCRIPT_MAY_WRITE = b"ERR Can not execute a script with write flag using *_ro command."
ACL_CHECK_INVALID_COMMAND = b"ERR Invalid command passed to redis.acl_check_cmd()"
SCRIPT_FLUSH_MODE = b"ERR SCRIPT FLUSH only support SYNC|ASYNC option"
SCRIPT_DEBUG_MODE = b"ERR Use SCRIPT DEBUG YES/SYNC/NO"
NO_DEBUGGER = b"ERR there is no debugger for scripts"
NOTBUSY = b"NOTBUSY No scripts in execution right now."
UNKILLABLE = (
    b"UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script "
    b"termination or kill the server in a hard way using the SHUTDOWN NOSAVE command."
)
BUSY_SCRIPT = b"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
BUSY_FUNCTION = b"BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
SCRIPT_KILLED = b"ERR Script killed by user with SCRIPT KILL..."
SCRIPT_ENDED = b"ERR the server ends, and the script with it"
SHEBANG = b"ERR Invalid script shebang"
SHEBANG_ENGINE = b"ERR Invalid engine in script shebang"


def script_does_not_compile(problem: bytes) -> bytes:
    """`problem` is what Lua says, with the line."""
    return b"ERR Error compiling script (new function): %b" % shown(problem)


def unexpected_script_engine(name: bytes) -> bytes:
    """`name` is the first word of a script that begins with ``#!``."""
    return b"ERR Unexpected engine in script shebang: %b" % shown(name)


def unexpected_script_flag(name: bytes) -> bytes:
    """`name` is a flag that no script has."""
    return b"ERR Unexpected flag in script shebang: %b" % shown(name)


def unknown_shebang_option(option: bytes) -> bytes:
    """`option` is a word of the first line that is not about flags."""
    return b"ERR Unknown lua shebang option: %b" % shown(option)


def block_in_script(command: bytes) -> bytes:
    """`command` in lower case."""
    return b"ERR %b command is not allowed with BLOCK option from scripts" % command


# --- custom commands, and what they call: texts of our own

CALLS_TOO_DEEP = b"ERR Commands call each other too deeply"


def no_reply_type(name: bytes, kind: bytes) -> bytes:
    """`name` of the command as it was declared, `kind` what Python calls the type."""
    return (
        b"ERR %b returned a %b, which is no reply: return bytes, int, float, bool, None, or a list, dict or set of these"
        % (name, shown(kind))
    )


def not_inside(name: bytes) -> bytes:
    """`name` is the full lower-case name of a command that another one called."""
    return b"ERR '%b' is not allowed inside another command" % name


def does_not_write(caller: bytes, name: bytes) -> bytes:
    """Both names in full and in lower case."""
    return b"ERR '%b' may not call '%b': it is not declared to write" % (caller, name)
