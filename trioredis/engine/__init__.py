"""The engine: what a server knows, and how a command is run. Synchronous, without tasks or sockets."""
