"""A command in this process, and the rule that every command keeps."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from tinysim.cli import run_command

_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def tinysim(*arguments: str) -> Ran:
    """Run the command line; it must keep to the rule.

    Exit code 0 or 1, or 2 with one line; no exception that nobody expected, nothing in what is
    printed that a terminal would obey.
    """
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command(arguments)
    ran = Ran(code, out.getvalue(), err.getvalue())
    assert code in (0, 1, 2), ran
    assert "fault of tinysim's own" not in ran.err, ran
    assert not _UNSAFE.search(ran.out + ran.err), ran
    if code == 2:
        lines = [line for line in ran.err.splitlines() if line.startswith("tinysim: ")]
        others = [line for line in ran.err.splitlines() if not line.startswith(("tinysim: ", "  "))]
        assert lines and not others, ran
    return ran


def refused(ran: Ran, pattern: str) -> None:
    """The command ended with exit code 2 and a last line like `pattern`."""
    assert ran.code == 2, ran
    assert re.search(pattern, ran.err), (pattern, ran)
