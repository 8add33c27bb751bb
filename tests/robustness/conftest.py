"""Counts what was tried and what was handled, by kind: `make robust` prints it."""

import os
from collections import Counter

import pytest

_TRIED: Counter[str] = Counter()
_HANDLED: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test is one input, unless it says how many it has tried."""
    if report.when != "call" or report.skipped:
        return
    kind = report.nodeid.partition("::")[0].rpartition("/test_")[2].removesuffix(".py")
    count = next((int(str(value)) for name, value in report.user_properties if name == "tried"), 1)
    _TRIED[kind] += count
    _HANDLED[kind] += count if report.passed else 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line a kind, where `TINYSIM_TALLY` asks for it."""
    if not os.environ.get("TINYSIM_TALLY"):
        return
    terminalreporter.write_line("tried / handled")
    for kind in sorted(_TRIED):
        terminalreporter.write_line(f"{kind:<12} {_TRIED[kind]:>7} / {_HANDLED[kind]:>7}")
    tried, handled = _TRIED.total(), _HANDLED.total()
    terminalreporter.write_line(f"{'all':<12} {tried:>7} / {handled:>7}")
