"""The command line: a verb a file."""

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import Interrupted, TinySimError
from . import signals

if TYPE_CHECKING:
    import typer


_COLLECTED = 50_000
"""Objects made before unused ones are looked for; Python's own number is 700."""


def main() -> None:
    """Run the command line and end the process."""
    code = 2
    try:
        signals.install()
        code = run_command(sys.argv[1:])
        signals.ignore()  # what is done is done
    except Interrupted as interruption:
        # Between what `run_command` handles; it is imported before anything that takes time.
        sys.stderr.write(f"tinysim: {interruption}\n")
        code = interruption.exit_code
    sys.exit(code)


def run_command(arguments: Sequence[str]) -> int:
    """The exit code of a command: 0, 1 for a missed target, 2 with a line for an error, and
    128 with the signal's number for an interruption.
    """
    # What imports make stays: to look among it for what does not takes a tenth of a start.
    gc.set_threshold(_COLLECTED)
    from . import console, verbs

    console.prepare()
    try:
        code = _invoke(verbs.app(), arguments)
        console.flush()
    except TinySimError as error:
        console.warn(str(error))
        for line in error.details:
            console.detail(line)
        code = 2
    except OSError as error:
        console.warn(f"{error.filename or 'system'}: {error.strerror or error}")
        code = 2
    except MemoryError:
        console.warn("out of memory")
        code = 2
    except Exception as error:
        if os.environ.get("TINYSIM_DEBUG"):
            raise
        console.warn(
            f"this is a fault of tinysim's own: {type(error).__name__}: {error} "
            "(TINYSIM_DEBUG=1 shows where)"
        )
        code = 2
    except Interrupted as interruption:
        notes = "".join(f"; {note}" for note in getattr(interruption, "__notes__", ()))
        console.warn(f"{interruption}{notes}")
        code = interruption.exit_code
    return code


def _invoke(app: "typer.Typer", arguments: Sequence[str]) -> int:
    try:
        code = app(list(arguments), prog_name="tinysim", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    except Exception as error:
        # A wrong argument; newer releases of typer bring click's classes with them, hidden.
        if not hasattr(error, "format_message"):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            return 2
        raise TinySimError(f"{error.format_message()} (--help says more)") from None
    return code if isinstance(code, int) else 0
