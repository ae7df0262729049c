"""What a command asks the supervisor to do: the starting and stopping of tasks.

Commands are synchronous and change only state. An effect is a message; the store hands it over at the end of
the round, and the supervisor carries it out.
"""

from attrs import frozen


@frozen
class Stop:
    """End the server: answer what was received, then close."""

    now: bool = False
    """Do not wait for clients to take their replies."""


Effect = Stop
