"""Signals at any moment: one line, the code that a shell makes of it, and nothing left running."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
_START = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
_MAIN = "from tinysim.cli import main; main()"


def _started(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _START + _MAIN, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        env={**os.environ, **environment},
    )


def _running(session: int) -> list[int]:
    """Processes of a session that are no zombies."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def _end(process: "subprocess.Popen[str]", number: signal.Signals, *, group: bool) -> str:
    """Send the signal; the last line on stderr."""
    if group:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == CODES[number], err
    assert err.count("tinysim: ") == 1 + err.count("twin of it"), err
    assert "Traceback" not in err
    until = time.monotonic() + 5
    while _running(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _running(process.pid)
    return err.strip().splitlines()[-1]


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("after_s", [0.3, 0.7, 1.5])
def test_an_accuracy_run_ends_and_tells_of_resume(
    firmware: Path, assets: Path, tmp_path: Path, number: signal.Signals, after_s: float
) -> None:
    process = _started(
        "run", "kws", "--mode", "accuracy", "--jobs", "2", "--image", str(firmware / "kws_dsp.elf"),
        XDG_CACHE_HOME=str(tmp_path),
    )  # fmt: skip
    time.sleep(after_s)
    line = _end(process, number, group=number == signal.SIGINT)
    assert line.startswith(f"tinysim: {WORDS[number]}")
    if list(tmp_path.rglob("*.jsonl")):
        assert line.endswith("--resume continues")


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_a_window_of_ten_seconds_ends(firmware: Path, number: signal.Signals) -> None:
    image = str(firmware / "kws_dsp.elf")
    process = _started("run", "kws", "--official", "--image", image)
    time.sleep(1.5)
    started = time.monotonic()
    _end(process, number, group=True)
    assert time.monotonic() - started < 5  # and not the half minute that the run takes


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_a_server_ends_and_takes_its_link_away(
    firmware: Path, tmp_path: Path, number: signal.Signals
) -> None:
    link = tmp_path / "tty"
    process = _started("serve", "kws", "--image", str(firmware / "kws_dsp.elf"), "--pty", str(link))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(link)
    _end(process, number, group=False)
    assert not link.is_symlink()


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
def test_a_build_ends_with_its_compilers(tmp_path: Path, number: signal.Signals) -> None:
    process = _started("build", "kws", TINYSIM_CACHE=str(tmp_path), TINYSIM_PREBUILT="")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if list(tmp_path.rglob("build.ninja")) and len(_running(process.pid)) >= 3:
            break
        time.sleep(0.02)
    else:
        pytest.fail("no compiler was started")
    _end(process, number, group=False)
    # Half an object looks to ninja like a whole one: the next build starts anew.
    assert list(tmp_path.rglob("unfinished"))


def test_workers_end_with_an_owner_that_is_killed(
    firmware: Path, assets: Path, tmp_path: Path
) -> None:
    process = _started(
        "run", "kws", "--mode", "accuracy", "--jobs", "2", "--image", str(firmware / "kws_dsp.elf"),
        XDG_CACHE_HOME=str(tmp_path),
    )  # fmt: skip
    time.sleep(2.5)
    process.kill()
    process.communicate()
    until = time.monotonic() + 5
    while _running(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _running(process.pid)


def test_a_closed_output_is_one_line(firmware: Path) -> None:
    process = _started("doctor")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait() == 2
    assert err == "tinysim: standard output: Broken pipe\n"
    process.stderr.close()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing_but_what_is_heard(tmp_path: Path, closed: str) -> None:
    from tests.sample_results import make_result

    result, page = tmp_path / "r.json", tmp_path / "page.md"
    result.write_text(make_result().model_dump_json())
    for options in ("", f" --markdown {page}"):
        line = f"{sys.executable} -m tinysim report {result}{options} {closed}"
        ran = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert "| benchmark |" in page.read_text()
    ran = subprocess.run(
        f"{sys.executable} -m tinysim report {tmp_path} {closed}", shell=True, check=False
    )
    assert ran.returncode == 2


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_locale_without_unicode_prints_something_else(tmp_path: Path, locale: str) -> None:
    from tests.sample_results import make_result
    from tinysim.results import ErrorBand

    path = tmp_path / "r.json"
    band = ErrorBand(worst=0.006, mean=0.004, images=4)
    path.write_text(make_result(error_band=band).model_dump_json())
    for encoding in ("ascii", "latin-1"):
        process = _started(
            "report", str(path), LC_ALL=locale, PYTHONIOENCODING=encoding, PYTHONUTF8="0"
        )
        out, err = process.communicate()
        assert (process.returncode, err) == (0, "")
        assert "1.00" in out
