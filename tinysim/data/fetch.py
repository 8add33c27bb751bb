"""Downloads raw data: verified, and resumed where a connection was lost."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..errors import AssetError, StorageError, TinySimError
from ..models.locate import OFFICIAL_COMMIT, OFFICIAL_URL
from ..storage import make_folder

_GIVE_UP_S = 20
_TRIES = 5
"""Times that a connection may break without a byte having come."""
_PART = 1 << 16

Watch = Callable[[Iterator[int], str, int | None], Iterator[int]]
"""Shows numbers of bytes that have come, of so many, while it passes them on."""


class Source(BaseModel):
    """A file that data sets are made from; see sources.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sets: tuple[str, ...]
    name: str
    url: str = ""
    commit: str = ""
    hash: str = ""
    bytes: int | None = None
    licence: str

    @property
    def address(self) -> str:
        """Where it is."""
        return self.url or OFFICIAL_URL.format(commit=OFFICIAL_COMMIT, path=self.commit)

    @property
    def known_hash(self) -> str | None:
        """With its algorithm, as pooch takes it."""
        if not self.hash:
            return None
        return f"{'sha256' if len(self.hash) == 64 else 'md5'}:{self.hash}"


def sources() -> tuple[Source, ...]:
    """All that there are."""
    content = Path(__file__).with_name("sources.toml").read_text()
    return tuple(Source.model_validate(entry) for entry in tomllib.loads(content)["file"])


def sources_of(name: str) -> list[Source]:
    """Those of a benchmark.

    Raises:
        TinySimError: there are none.

    """
    found = [source for source in sources() if name in source.sets]
    if not found:
        known = sorted({name for source in sources() for name in source.sets})
        raise TinySimError(f"no data set '{name}'; there are: {', '.join(known)}")
    return found


def fetch(source: Source, raw: Path, watch: Watch = lambda parts, what, total: parts) -> str:
    """Download a file into a folder unless it is there, and return what became of it.

    Half a download stays beside it as `NAME.part`, and is gone on with.

    Raises:
        AssetError: what came is not what it must be.
        StorageError: it cannot be written.
        TinySimError: it is not to be had.

    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    make_folder(raw)
    target = raw / source.name
    if target.is_file() and source.known_hash is None:
        return f"there already, sha256 {pooch.file_hash(target)}: nothing is published to compare"
    if target.is_file() and pooch.hashes.hash_matches(target, source.known_hash):
        return "there already, and right"
    try:
        pooch.retrieve(
            source.address,
            source.known_hash,
            path=raw,
            fname=source.name,
            downloader=_Resuming(target.with_name(source.name + ".part"), source, watch),
        )
    except requests.RequestException as error:
        raise TinySimError(
            f"{source.name}: {_reason(error)}; what came is kept, or put the file at "
            f"{source.address} into {raw} yourself"
        ) from None
    except ValueError:
        raise AssetError(
            f"{source.name}: what came is not the file published, by its hash"
        ) from None
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror or error}") from None
    if source.known_hash is None:
        return f"sha256 {pooch.file_hash(target)}: nothing is published to compare"
    return f"{source.known_hash.partition(':')[0]} as published"


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server says {error.response.status_code}"
    if isinstance(error, _lost()):
        return "no network"
    return type(error).__name__


def _lost() -> tuple[type[Exception], ...]:
    """What is raised where a connection is not there any more, or never was."""
    import requests

    return (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )


class _Resuming:
    """A downloader for pooch that goes on where a connection was lost."""

    def __init__(self, part: Path, source: Source, watch: Watch) -> None:
        self._part, self._source, self._watch = part, source, watch

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        total = self._source.bytes
        for _ in self._watch(self._parts(url), self._source.name, total):
            pass
        self._part.replace(output_file)

    def _parts(self, url: str) -> Iterator[int]:
        """The number of bytes that are there, again and again."""
        failures = 0
        while True:
            before = self._have()
            try:
                yield from self._more(url, before)
                return
            except _lost():
                failures = 0 if self._have() > before else failures + 1
                if failures == _TRIES or not before + self._have():
                    raise

    def _more(self, url: str, have: int) -> Iterator[int]:
        import requests

        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with requests.get(url, headers=headers, stream=True, timeout=_GIVE_UP_S) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                return  # all of it is there, or it is another file, which its hash will tell
            answer.raise_for_status()
            resumed = answer.status_code == requests.codes.partial_content
            have = have if resumed else 0
            wanted = have + int(answer.headers.get("Content-Length", 0))
            with self._part.open("ab" if resumed else "wb") as file:
                for part in answer.iter_content(_PART):
                    file.write(part)
                    have += len(part)
                    yield have
        if have < wanted:
            raise requests.ConnectionError("it ended too early")

    def _have(self) -> int:
        with suppress(OSError):
            return self._part.stat().st_size
        return 0
