"""What a command is: one declaration beside its handler, and nothing anywhere else.

``@command`` turns a handler into a `Command`, an object that knows everything there is to say about it: how
many arguments it takes, who may run it and when, where its keys stand, what COMMAND DOCS tells about it. The
executor reads ``handler``, ``arity`` and ``flags`` and never looks at the rest; the rest stays text or tuples
until somebody asks. Nothing is registered on import: a module of commands *is* the collection of the
`Command` objects in it.

    @command("GETDEL", arity=2, flags=WRITE | FAST, keys=KeySpec(1, flags="RW ACCESS DELETE"),
             group="string", since="6.2.0", complexity="O(1)", args="key")
    def getdel(ctx: Context, key: bytes) -> Reply:
        \"\"\"Return the value of a key and delete it.\"\"\"

A command with subcommands is a `container`, and hands out the decorator for them:

    config = container("CONFIG", group="server", since="2.0.0")

    @config.subcommand("GET", arity=-3, flags=ADMIN | NOSCRIPT | LOADING | STALE, since="2.0.0")
    def config_get(ctx: Context, *parameters: bytes) -> Reply:
        \"\"\"Return the values of the configuration directives that match.\"\"\"

What follows from something else is not declared: MOVABLEKEYS follows from the key specifications, most ACL
categories from flags and group, the group of a subcommand from its container, the summary from the docstring.
The language of ``args`` is described in ``engine.usage``.
"""

from collections.abc import Callable, Sequence
from inspect import Signature, signature
from typing import TYPE_CHECKING, Final, Required, TypedDict, Unpack

from attrs import define, field, setters

from trioredis.engine.key_specs import NOT_KEY, VARIABLE_FLAGS, KeySpec, are_movable, key_slice, positions
from trioredis.protocol.replies import Reply

if TYPE_CHECKING:
    from trioredis.engine.context import Context

# Plain integers: the executor tests them for every command, and `&` of an IntFlag takes 480 ns instead of 16.
WRITE: Final = 1 << 0
READONLY: Final = 1 << 1
DENYOOM: Final = 1 << 2
MODULE: Final = 1 << 3
ADMIN: Final = 1 << 4
PUBSUB: Final = 1 << 5
NOSCRIPT: Final = 1 << 6
BLOCKING: Final = 1 << 7
LOADING: Final = 1 << 8
STALE: Final = 1 << 9
SKIP_MONITOR: Final = 1 << 10
SKIP_SLOWLOG: Final = 1 << 11
ASKING: Final = 1 << 12
FAST: Final = 1 << 13
NO_AUTH: Final = 1 << 14
MAY_REPLICATE: Final = 1 << 15
NO_MANDATORY_KEYS: Final = 1 << 16
PROTECTED: Final = 1 << 17
NO_ASYNC_LOADING: Final = 1 << 18
NO_MULTI: Final = 1 << 19
MOVABLEKEYS: Final = 1 << 20
ALLOW_BUSY: Final = 1 << 21
TOUCHES_ARBITRARY_KEYS: Final = 1 << 22
RUNS_ON: Final = 1 << 23
"""It may take long, and is run in slices (`trioredis.engine.slices`)."""

FLAG_NAMES: Final = {
    WRITE: b"write",
    READONLY: b"readonly",
    DENYOOM: b"denyoom",
    MODULE: b"module",
    ADMIN: b"admin",
    PUBSUB: b"pubsub",
    NOSCRIPT: b"noscript",
    BLOCKING: b"blocking",
    LOADING: b"loading",
    STALE: b"stale",
    SKIP_MONITOR: b"skip_monitor",
    SKIP_SLOWLOG: b"skip_slowlog",
    ASKING: b"asking",
    FAST: b"fast",
    NO_AUTH: b"no_auth",
    NO_MANDATORY_KEYS: b"no_mandatory_keys",
    NO_ASYNC_LOADING: b"no_async_loading",
    NO_MULTI: b"no_multi",
    MOVABLEKEYS: b"movablekeys",
    ALLOW_BUSY: b"allow_busy",
}
"""What COMMAND INFO calls the flags, in its order; those that are missing Redis keeps to itself."""

CATEGORIES: Final = tuple(
    b"keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub "
    b"admin fast slow blocking dangerous connection transaction scripting".split()
)
"""Every ACL category, in the order in which Redis lists them."""

_IMPLIED: Final = (
    (WRITE, b"write"),
    (READONLY, b"read"),
    (ADMIN, b"admin"),
    (ADMIN, b"dangerous"),
    (PUBSUB, b"pubsub"),
    (FAST, b"fast"),
    (BLOCKING, b"blocking"),
)

_OF_GROUP: Final = {
    "generic": "keyspace",
    "sorted-set": "sortedset",
    "transactions": "transaction",
    "server": "",
    "cluster": "",
}
"""The category of a group's commands where it is not called as the group is."""

Handler = Callable[..., Reply]
KeyFinder = Callable[[Sequence[bytes]], list[tuple[bytes, int]]]
FlagFinder = Callable[[int, "Context", Sequence[bytes]], int]


class Declaration(TypedDict, total=False):
    """What the decorators take besides name and group; the fields of `Command` say what it means."""

    arity: Required[int]
    flags: int
    keys: KeySpec | tuple[KeySpec, ...]
    find_keys: KeyFinder
    find_flags: FlagFinder
    since: Required[str]
    complexity: str
    args: str
    categories: str
    tips: str
    history: tuple[tuple[str, str], ...]
    deprecated_since: str
    replaced_by: str
    doc_flags: str


def _as_tuple(keys: KeySpec | tuple[KeySpec, ...]) -> tuple[KeySpec, ...]:
    return keys if isinstance(keys, tuple) else (keys,)


def _as_categories(words: str) -> frozenset[bytes]:
    categories = frozenset(words.encode().split())
    if unknown := categories.difference(CATEGORIES):
        raise ValueError(f"not an ACL category: {unknown}")
    return categories


# Converters work on what is declared, not on what __attrs_post_init__ adds.
@define(eq=False, on_setattr=setters.NO_OP)
class Command:
    """A command or a subcommand."""

    name: bytes
    """Lower case; a subcommand's is the full one: ``config|get``."""
    handler: Handler
    """``handler(ctx, *arguments)`` returns a reply; the words of the name are not among the arguments."""
    arity: int = field(kw_only=True)
    """How many words a call has, those of the name included; -n means at least n."""
    flags: int = field(default=0, kw_only=True)
    keys: tuple[KeySpec, ...] = field(default=(), converter=_as_tuple, kw_only=True)
    find_keys: KeyFinder | None = field(default=None, kw_only=True)
    """Finds keys, with the bits of KEY_FLAGS, where the specifications do not know or are VARIABLE_FLAGS."""
    find_flags: FlagFinder | None = field(default=None, kw_only=True)
    """Returns the flags of one call, given those of the command, where they differ: a script may say that it only reads."""
    group: str = field(kw_only=True)
    """The chapter of the documentation: ``string``, ``sorted-set``, ``server``, ..."""
    since: str = field(kw_only=True)
    complexity: str = field(default="", kw_only=True)
    args: str = field(default="", kw_only=True)
    """The usage line, in the language of ``engine.usage``."""
    key_slice: slice | None = field(default=None, init=False)
    """Where the keys stand in a command line, if that is all there is to say about them."""
    categories: frozenset[bytes] = field(converter=_as_categories, kw_only=True)
    """All ACL categories. Declared are those that the flags do not imply; by default the group's own."""
    tips: str = field(default="", kw_only=True)
    """For clients, words as in Redis's "Command tips": ``request_policy:all_shards``."""
    history: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    """Pairs of a version and what it added."""
    deprecated_since: str = field(default="", kw_only=True)
    replaced_by: str = field(default="", kw_only=True)
    doc_flags: str = field(default="", kw_only=True)
    """``syscmd`` for what servers say to each other."""
    subcommands: dict[bytes, "Command"] = field(factory=dict, init=False)
    """By their own name in lower case: ``get``."""

    @categories.default
    def _category_of_the_group(self) -> str:
        return _OF_GROUP.get(self.group, self.group)

    def __attrs_post_init__(self) -> None:
        """Add what follows from the declaration."""
        # Scripts may be marked READONLY, and yet they read nothing by themselves.
        unless = {b"read"} if b"scripting" in self.categories else set()
        self.categories |= {category for flag, category in _IMPLIED if self.flags & flag} - unless
        self.categories |= set() if self.flags & FAST else {b"slow"}
        self.key_slice = key_slice(self.keys)
        self.flags |= MOVABLEKEYS if are_movable(self.keys) else 0

    @property
    def summary(self) -> str:
        """The first line of the handler's docstring."""
        return (self.handler.__doc__ or "").partition("\n")[0]

    @property
    def callable_alone(self) -> bool:
        """Whether it can be called without a subcommand; of those that have some, only COMMAND can."""
        return not self.subcommands or self.arity == -1

    @property
    def has_keys(self) -> bool:
        """Whether a call can have keys; a channel that is hashed as one does not count."""
        return self.find_keys is not None or any(not spec.flags & NOT_KEY for spec in self.keys)

    def subcommand(self, name: str, **facts: Unpack[Declaration]) -> Callable[[Handler], "Command"]:
        """Make the handler below a subcommand of this command, in the same group."""
        own_name = name.lower().encode()

        def declare(handler: Handler) -> "Command":
            command = Command(b"%b|%b" % (self.name, own_name), handler, group=self.group, **facts)
            self.subcommands[own_name] = command
            return command

        return declare


def command(name: str, *, group: str, **facts: Unpack[Declaration]) -> Callable[[Handler], Command]:
    """Make the handler below a command; the fields of `Command` are the arguments."""
    return lambda handler: Command(name.lower().encode(), handler, group=group, **facts)


def container(name: str, *, group: str, since: str) -> Command:
    """Return a command that has only subcommands; it is in no ACL category of its own, as in Redis."""

    def handler(*_: object) -> Reply:
        raise AssertionError(f"{name} alone was called")

    handler.__doc__ = f"Hold the {name} commands."
    return Command(name.lower().encode(), handler, group=group, since=since, arity=-2, categories="")


def keys_of(command: Command, argv: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Return the keys in a command line, each with bits of KEY_FLAGS; none where it makes no sense."""
    reliable = not any(spec.flags & VARIABLE_FLAGS for spec in command.keys)
    found = positions(command.keys, argv) if reliable or not command.find_keys else None
    if found is not None:
        return [(argv[index], flags) for index, flags in found]
    return command.find_keys(argv) if command.find_keys else []


def check_signature(command: Command) -> None:
    """Raise TypeError unless the handler takes exactly as many arguments as the arity lets through."""
    shape = signature(command.handler)
    least = abs(command.arity) - len(command.name.split(b"|"))
    is_open = command.arity < 0
    if not _takes(shape, least) or _takes(shape, least + 99) != is_open:
        raise TypeError(f"{command.name.decode()} has arity {command.arity}, but its handler takes {shape}")


def _takes(shape: Signature, arguments: int) -> bool:
    try:
        shape.bind("the context", *[b""] * arguments)
    except TypeError:
        return False
    return True
