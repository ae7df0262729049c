"""A database as it looks to a client that leaves no access times behind (Redis documentation: CLIENT NO-TOUCH)."""

from attrs import define, fields

from trioredis.keyspace.database import Database


@define(eq=False)
class UntouchedDatabase(Database):
    """A view: tables, statistics and all the rest belong to the database itself. It lives for one command."""

    @classmethod
    def of(cls, database: Database) -> "UntouchedDatabase":
        """Return a view of a database."""
        view = cls.__new__(cls)
        for each in fields(Database):
            setattr(view, each.name, getattr(database, each.name))
        return view

    read = Database.inspect
    find = Database.peek
