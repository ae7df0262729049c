"""Every error text of the server, in one place.

Clients match on these texts, so they are Redis's own, byte for byte, and no other module spells one out. A
text is the whole error line without the leading ``-`` and the final CRLF; its first word is the code that
client libraries turn into exception classes. A text without parameters is a constant, one with parameters a
function. A command refuses by ``raise CommandError(errors.SYNTAX)``.

A module holds the texts of one part of the server; all of them are to be had here.
"""

from trioredis.errors.calls import *
from trioredis.errors.data import *
from trioredis.errors.raising import CommandError as CommandError
from trioredis.errors.raising import QuotingError as QuotingError
from trioredis.errors.raising import shown as shown
from trioredis.errors.scripting import *
from trioredis.errors.server import *
