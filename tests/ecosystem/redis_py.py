"""The same done through redis-py to a real Redis and to a server of ours."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import redis
from attrs import frozen

Client = Any  # its types say neither what it takes nor what it returns
Operation = Callable[[Client], object]

FAR = datetime.fromtimestamp(4_000_000_000)


def result(client: Client, operation: Operation) -> object:
    """What an operation returns, or the error that it raises."""
    try:
        return operation(client)
    except redis.RedisError as error:
        return type(error), str(error)


def form(value: object) -> object:
    """The types of a value and of what is in it, and the keys of dictionaries."""
    match value:
        case dict():
            return {key: form(item) for key, item in value.items()}
        case list() | tuple() | set():
            return type(value), [form(item) for item in value]
    return type(value)


@frozen
class Both:
    """A client of the oracle and one of ours."""

    theirs: Client
    ours: Client

    def same(self, operation: Operation, told: Callable[[object], object] = lambda value: value) -> Any:
        """Do the same here and there; what is told of the results has to be equal. Return ours."""
        theirs, ours = (result(client, operation) for client in (self.theirs, self.ours))
        assert told(theirs) == told(ours)
        return ours
