"""A database as it looks to a client that leaves no access times behind (Redis documentation: CLIENT NO-TOUCH)."""

from typing import Final

from attrs import define, fields

from trioredis.keyspace.database import Database
from trioredis.keyspace.observed import ObservedDatabase


@define(eq=False)
class UntouchedDatabase(Database):
    """A view of a database that nobody observes."""

    read = Database.inspect
    find = Database.peek


@define(eq=False)
class UntouchedObservedDatabase(ObservedDatabase):
    """A view of one that is observed."""

    read = ObservedDatabase.inspect
    find = ObservedDatabase.peek


_VIEWS: Final = {Database: UntouchedDatabase, ObservedDatabase: UntouchedObservedDatabase}


def untouched(database: Database) -> Database:
    """Return a view: tables, statistics and all the rest belong to the database itself. It lives for one command.

    A view of a view is the view.
    """
    kind = _VIEWS.get(type(database))
    if kind is None:
        return database
    view = kind.__new__(kind)
    for each in fields(Database):
        setattr(view, each.name, getattr(database, each.name))
    return view
