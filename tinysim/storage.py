"""Files that a user gives or wants: read within bounds, written whole or not at all."""

import contextlib
import errno
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .errors import StorageError

MOST_TEXT = 256 << 20
"""Bytes of a text file, results with every input and window among them (1 MB each)."""


def read_bytes(path: Path, most: int) -> bytes:
    """A regular file's content.

    Raises:
        StorageError: it cannot be read, is no regular file, or has more than `most` bytes.

    """
    try:
        # A FIFO without a writer would block the opening.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
                raise StorageError(f"{path}: cannot be read: this is {kind}")
            content = file.read(most + 1)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise StorageError(f"{path}: cannot be read: not a file name") from None
    if len(content) > most:
        raise StorageError(f"{path}: larger than {most >> 20} MiB, which nothing here needs")
    return content


def read_text(path: Path, most: int = MOST_TEXT) -> str:
    """A text file's content, in UTF-8 with or without a byte order mark.

    Raises:
        StorageError: it cannot be read, or is in another encoding.

    """
    try:
        return read_bytes(path, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageError(f"{path}: not UTF-8 text, from byte {error.start} on") from None


def read_json(path: Path) -> object:
    """What a JSON file holds.

    Raises:
        StorageError: it cannot be read, is no JSON, or is nested beyond reason.

    """
    text = read_text(path)
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise StorageError(f"{path}: nested too deep") from None
    except ValueError as error:
        where = f": {error}" if isinstance(error, json.JSONDecodeError) else ""
        raise StorageError(f"{path}: not JSON{where}") from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def check_target(path: Path) -> None:
    """Find out before a long run whether `write_text` would fail.

    Raises:
        StorageError: the folder is missing or cannot be written to, or `path` is a folder.

    """
    if _is_stream(path):
        return
    with _explained(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        handle, name = _beside(path)
        os.close(handle)
        Path(name).unlink()


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8: whole, or as it was before. A stream (`/dev/stdout`) is written to.

    Raises:
        StorageError: it could not be written.

    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, content: bytes) -> None:
    """As `write_text`, for bytes.

    Raises:
        StorageError: it could not be written.

    """
    with _explained(path):
        if _is_stream(path):
            with path.open("wb") as stream:
                stream.write(content)
            return
        target = Path(os.path.realpath(path))  # a link stays one
        handle, name = _beside(target)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(_mode(target))
            Path(name).replace(target)
        except BaseException:  # a signal too
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


@contextlib.contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """A file beside `path`, with its suffix, for what can only write to a path; it takes the place
    of `path` at the end, and is nowhere when something was raised.

    Raises:
        StorageError: it could not be written.

    """
    with _explained(path):
        target = Path(os.path.realpath(path))
        handle, name = _beside(target)
        os.close(handle)
        beside = Path(name).rename(name + target.suffix)
        try:
            yield beside
            beside.chmod(_mode(target))
            beside.replace(target)
        except BaseException:  # a signal too
            with contextlib.suppress(OSError):
                beside.unlink()
            raise


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        StorageError: it cannot be made.

    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: cannot be made: {error.strerror or error}") from None


def _is_stream(path: Path) -> bool:
    """Whether there is something that can only be written to in place."""
    if str(path).startswith(("/dev/", "/proc/")):
        return True  # `/dev/stdout` may be a file, but it is open already
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _beside(path: Path) -> tuple[int, str]:
    folder = os.path.realpath(path.parent)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return tempfile.mkstemp(prefix=".tinysim-", suffix=".tmp", dir=folder)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise StorageError(f"{path}: cannot be written: there is no folder {path.parent}") from None
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from None
    except ValueError:
        raise StorageError(f"{path}: cannot be written: not a file name") from None
