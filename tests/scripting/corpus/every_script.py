"""The whole corpus, group by group."""

from scripting.corpus.conversions import CONVERSIONS
from scripting.corpus.documents import DOCUMENTS
from scripting.corpus.errors import CAUGHT, OF_COMMANDS, RAISED
from scripting.corpus.locks_and_limits import LIMITS, LOCKS
from scripting.corpus.lua_functions import LUA_FUNCTIONS
from scripting.corpus.lua_numbers import LUA_NUMBERS
from scripting.corpus.lua_strings import LUA_STRINGS
from scripting.corpus.lua_tables import LUA_TABLES
from scripting.corpus.queues_and_boards import BOARDS, QUEUES
from scripting.corpus.script import Script

EVERY_SCRIPT: list[Script] = [
    *CONVERSIONS,
    *RAISED,
    *OF_COMMANDS,
    *CAUGHT,
    *LOCKS,
    *LIMITS,
    *QUEUES,
    *BOARDS,
    *DOCUMENTS,
    *LUA_NUMBERS,
    *LUA_STRINGS,
    *LUA_TABLES,
    *LUA_FUNCTIONS,
]
