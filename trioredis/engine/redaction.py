"""What is secret in a command line, hidden before MONITOR or SLOWLOG shows it."""

_HIDDEN = b"(redacted)"
_SECRET_DIRECTIVES = {
    b"requirepass",
    b"masterauth",
    b"masteruser",
    b"tls-key-file-pass",
    b"tls-client-key-file-pass",
}


def redacted(argv: list[bytes]) -> list[bytes]:
    """Return a command line without passwords, or itself when it holds none."""
    name = argv[0].lower()
    if name == b"auth":
        return [argv[0], *[_HIDDEN] * (len(argv) - 1)]
    if name == b"hello":
        return _hide(argv, {b"auth"}, 2)
    if name == b"config" and len(argv) > 1 and argv[1].lower() == b"set":
        return _hide(argv, _SECRET_DIRECTIVES, 1)
    return argv


def _hide(argv: list[bytes], after: set[bytes], count: int) -> list[bytes]:
    """Hide `count` words after each of some words."""
    shown = list(argv)
    for index, word in enumerate(argv):
        if word.lower() in after:
            stop = min(index + 1 + count, len(argv))
            shown[index + 1 : stop] = [_HIDDEN] * (stop - index - 1)
    return shown
