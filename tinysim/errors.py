"""Everything that tinysim raises on purpose.

    TinySimError
    +-- PlatformError      a board description that cannot be followed
    +-- ImageError         a firmware image that is damaged or not for the board
    +-- AssetError         a model or data set that is missing or not what it should be
    +-- ToolError          a program that is missing or failed
    +-- EngineError        a board that cannot be run
    |   +-- FaultError     the firmware faulted
    |   +-- SilenceError   the firmware does not answer
    +-- ProtocolError      the firmware answered something else than asked
    |   +-- LinkError      bytes were lost, doubled or changed on the way
    +-- ResultError        a stored result that cannot be read or compared
    +-- StorageError       a file that cannot be read or written

The command line prints any of them as one line and exits with 2.
"""

import signal


class TinySimError(Exception):
    """Base of all; its text names the thing and the mend. `details` has more, a line each: what
    the machine that failed has no model for, or a fault's registers.
    """

    details: tuple[str, ...] = ()


class PlatformError(TinySimError):
    """A board description that cannot be followed."""


class ImageError(TinySimError):
    """A firmware image that is damaged or not for the board."""


class AssetError(TinySimError):
    """A model or data set that is missing or not what it should be."""


class ToolError(TinySimError):
    """A program that is missing or failed."""


class EngineError(TinySimError):
    """A board that cannot be run."""


class FaultError(EngineError):
    """The firmware faulted. `details` has the registers and the call chain, a line each."""

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.details = details


class SilenceError(EngineError):
    """The firmware does not answer."""


class ProtocolError(TinySimError):
    """The firmware answered something else than asked."""


class LinkError(ProtocolError):
    """Bytes were lost, doubled or changed on the way."""


class ResultError(TinySimError):
    """A stored result that cannot be read or compared."""


class StorageError(TinySimError):
    """A file that cannot be read or written."""


class Interrupted(BaseException):
    """A signal has asked for the end; `exit_code` is what a shell makes of it."""

    def __init__(self, number: int) -> None:
        words = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
        super().__init__(words.get(signal.Signals(number), "hung up"))
        self.exit_code = 128 + number
