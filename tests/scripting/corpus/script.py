"""What the corpus is made of: a script as somebody wrote it, and how it is called."""

from attrs import frozen

Words = str | tuple[str | bytes, ...]
"""Words between spaces, or one by one if they hold spaces or bytes of any kind."""


@frozen
class Script:
    """A script for EVAL. Here and on a real Redis it gets the same reply and leaves the same data."""

    name: str
    source: str
    keys: Words = ""
    argv: Words = ""
    before: str = ""
    """Commands, one a line, that are run first."""
    times: int = 1
    """How often the script is run; each reply is compared."""
    command: str = "EVAL"

    def call(self) -> list[str | bytes]:
        keys = split(self.keys)
        return [self.command, self.source, str(len(keys)), *keys, *split(self.argv)]


def split(words: Words) -> list[str | bytes]:
    return [*words.split()] if isinstance(words, str) else [*words]


def text_of(name: str, expressions: str) -> Script:
    """A script that prints the values of expressions, one a line; of an error it prints the words."""
    shown = "".join(
        f"show(function() return {line.strip()} end)\n" for line in expressions.strip().splitlines()
    )
    return Script(name, SHOW + shown + "return out")


SHOW = """
local out = {}
local function text(...)
  local texts = {}
  for i = 1, select('#', ...) do texts[i] = tostring((select(i, ...))) end
  return table.concat(texts, ' ')
end
local function show(f) out[#out + 1] = text(pcall(f)) end
"""
