"""Where a model comes from."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from ..benchmarks import Benchmark
from ..errors import AssetError, StorageError
from ..storage import make_folder, write_bytes

OFFICIAL_COMMIT = "1afd2c9820f795965a6134facd0b4dfae41ef23f"
"""Of mlcommons/tiny; every int8 model is the same in all releases since v0.5."""

OFFICIAL_URL = "https://raw.githubusercontent.com/mlcommons/tiny/{commit}/{path}"
_GIVE_UP_S = 5
_ASK_AGAIN_S = 3600
"""After a download that failed: a run must not wait for the network each time."""


@dataclass(frozen=True)
class Model:
    """A TFLite model file."""

    path: Path
    sha256: str
    origin: str
    """Where it was found, for a reader."""
    is_twin: bool = False
    """Same graph, shapes and quantization as the reference model, but seeded weights."""


def cache_folder() -> Path:
    """`$TINYSIM_CACHE`, or else the user's cache of tinysim."""
    value = os.environ.get("TINYSIM_CACHE")
    return Path(value).resolve() if value else user_cache_path("tinysim", appauthor=False)


@contextmanager
def writing_to_cache() -> Iterator[None]:
    """Within it, a cache that cannot be written to is told with its mend.

    Raises:
        StorageError: it is full, read-only, or somebody else's.

    """
    try:
        yield
    except StorageError as error:
        raise StorageError(f"{error}; TINYSIM_CACHE names another folder") from None
    except OSError as error:
        raise StorageError(
            f"{error.filename or cache_folder()}: {error.strerror or error}; "
            "TINYSIM_CACHE names another folder"
        ) from None


def assets_folder() -> Path | None:
    """`$TINYSIM_ASSETS`, with `models` and `datasets` in it.

    Raises:
        AssetError: it is set, and names no folder.

    """
    value = os.environ.get("TINYSIM_ASSETS")
    if not value:
        return None
    if not os.path.isdir(value):  # noqa: PTH112 - false for any text, however long
        raise AssetError(f"TINYSIM_ASSETS={value[:200]}: there is no such folder")
    return Path(value).resolve()


def find_model(benchmark: Benchmark, explicit: Path | None = None) -> tuple[Model, str]:
    """The model to use, and a line for the user where it is not a plain find (else empty).

    Looked for in this order: `explicit`, `$TINYSIM_ASSETS/models`, the user's cache, the
    official repository. With none of these it is a twin, made in the cache.

    Raises:
        AssetError: the explicit file cannot be read.
        StorageError: the cache cannot be written to.

    """
    if explicit is not None:
        return _read(explicit, "given"), ""
    if found := local_model(benchmark):
        return _read(found, "TINYSIM_ASSETS" if found != _cached(benchmark) else "cache"), ""
    from .twin import write_twin

    twin = cache_folder() / "models" / f"twin_{benchmark.model_file}"
    if twin.is_file() and time.time() - twin.stat().st_mtime < _ASK_AGAIN_S:
        reason = "it could not be downloaded a while ago"
    else:
        reason = _download(benchmark)
        if not reason:
            return _read(_cached(benchmark), "downloaded"), f"downloaded {benchmark.model_file}"
        with writing_to_cache():
            make_folder(twin.parent)
            write_bytes(twin, write_twin(benchmark.name))
    note = (
        f"{benchmark.model_file}: not found, and {reason}; a twin of it is used (same graph, "
        "seeded weights): its latency is near the official model's with --no-folding, its answers "
        "mean nothing"
    )
    return Model(twin, _sha256(twin), "twin", is_twin=True), note


def local_model(benchmark: Benchmark) -> Path | None:
    """The official model in `$TINYSIM_ASSETS/models` or the user's cache.

    Raises:
        AssetError: `TINYSIM_ASSETS` names no folder.

    """
    assets = assets_folder()
    if assets and (found := assets / "models" / benchmark.model_file).is_file():
        return found
    cached = _cached(benchmark)
    if cached.is_file() and _sha256(cached) == benchmark.model_sha256:
        return cached
    return None


def fetch_model(benchmark: Benchmark) -> str:
    """Bring the official model into the user's cache unless it is found, and return its place.

    Raises:
        AssetError: it cannot be had.

    """
    found = local_model(benchmark)
    if found is None and (reason := _download(benchmark)):
        address = OFFICIAL_URL.format(commit=OFFICIAL_COMMIT, path=benchmark.model_path)
        raise AssetError(
            f"{benchmark.model_file}: {reason}; you can put the file at {address} into "
            f"{_cached(benchmark).parent} yourself"
        )
    return str(found or _cached(benchmark))


def _cached(benchmark: Benchmark) -> Path:
    return cache_folder() / "models" / benchmark.model_file


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path, origin: str) -> Model:
    try:
        return Model(path.resolve(), _sha256(path), origin)
    except OSError as error:
        raise AssetError(f"{path}: cannot be read: {error.strerror}") from None


def _download(benchmark: Benchmark) -> str:
    """Download the official model into the user's cache; why it was not, or an empty string."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    try:
        pooch.retrieve(
            OFFICIAL_URL.format(commit=OFFICIAL_COMMIT, path=benchmark.model_path),
            known_hash=f"sha256:{benchmark.model_sha256}",
            path=cache_folder() / "models",
            fname=benchmark.model_file,
            downloader=pooch.HTTPDownloader(timeout=_GIVE_UP_S),
        )
    except (requests.RequestException, OSError):
        return "it could not be downloaded"
    except ValueError:
        return "what was downloaded is not the official file"
    return ""
