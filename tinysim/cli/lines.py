"""What several sources say at once, as lines."""

from collections.abc import Iterator

from .console import say

_LONGEST = 4096


class Lines:
    """Prints whole lines, each with its source before it; `alone` prints one source, bare."""

    def __init__(self, alone: str | None = None) -> None:
        self._alone = alone
        self._open: dict[str, str] = {}

    def add(self, source: str, data: bytes) -> Iterator[str]:
        """Print the lines that these bytes end; yields each, whether it is printed or not."""
        text = self._open.pop(source, "") + data.decode("utf-8", "replace")
        *whole, rest = text.split("\n")
        while len(rest) > _LONGEST:
            whole.append(rest[:_LONGEST])
            rest = rest[_LONGEST:]
        if rest:
            self._open[source] = rest
        for line in whole:
            self._print(source, line.rstrip("\r"))
            yield line.rstrip("\r")

    def end(self) -> None:
        """Print what has no line feed behind it."""
        for source, rest in self._open.items():
            self._print(source, rest)
        self._open = {}

    def _print(self, source: str, line: str) -> None:
        if self._alone is None:
            say(f"{source} | {line}")
        elif source == self._alone:
            say(line)
