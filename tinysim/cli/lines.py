"""What several sources say at once, as lines."""

from collections.abc import Iterator

from .console import say

_LONGEST = 4096


class Lines:
    """Prints whole lines, each with its source before it; `alone` prints one source, bare."""

    def __init__(self, alone: str | None = None) -> None:
        self._alone = alone
        self._open: dict[str, bytes] = {}

    def add(self, source: str, data: bytes) -> Iterator[str]:
        """Print the lines that these bytes end; yields each, whether it is printed or not."""
        *whole, rest = (self._open.pop(source, b"") + data).split(b"\n")
        while len(rest) > _LONGEST:
            whole.append(rest[:_LONGEST])
            rest = rest[_LONGEST:]
        if rest:
            self._open[source] = rest
        for line in whole:
            yield self._print(source, line)

    def unfinished(self, source: str) -> str:
        """What a source has said since its last line feed."""
        return _text(self._open.get(source, b""))

    def end(self) -> Iterator[str]:
        """Print what has no line feed behind it; yields each."""
        for source, rest in self._open.items():
            yield self._print(source, rest)
        self._open = {}

    def _print(self, source: str, data: bytes) -> str:
        line = _text(data).rstrip("\r")
        if self._alone is None:
            say(f"{source} | {line.expandtabs()}")
        elif source == self._alone:
            say(line.expandtabs())
        return line


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
