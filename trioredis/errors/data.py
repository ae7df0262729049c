"""Errors of commands about keys and their values."""

from collections.abc import Sequence

from trioredis.errors.raising import shown

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
