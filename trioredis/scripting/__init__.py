"""Scripts in Lua: the sandbox, what goes in and what comes out; knows no key, no client and no command."""
