"""Errors of scripts, of functions, and of commands that programs add."""

from trioredis.errors.raising import shown

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
