"""Keeps a Renode for as long as whoever started this program holds its standard input open.

    python renode_keeper.py PORT RENODE...

RENODE is the command that starts it, PORT where its monitor is to listen. Its launcher may leave
the emulator running when it ends, and its owner may be killed: so Renode has a process group of
its own, and the end of the input, which comes however the owner ends, is the end of the group. A
Renode that ends by itself has its last line printed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 5.0


def main() -> None:
    """Start Renode; end when it ends, or end it when the input does."""
    port, *command = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tinysim-renode-") as folder:
        log = Path(folder) / "log"
        # A configuration of its own leaves the user's as it is.
        config = ["--config", str(Path(folder) / "config")]
        with log.open("wb") as output:
            renode = subprocess.Popen(
                [*command, "--disable-xwt", "--plain", "--hide-log", *config, "-P", port],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        ended = threading.Event()
        for wait in (sys.stdin.read, renode.wait):
            threading.Thread(target=_then, args=(wait, ended), daemon=True).start()
        ended.wait()
        if renode.poll() is not None:
            sys.stdout.write(log.read_text("utf-8", "replace").strip().rpartition("\n")[2])
            sys.stdout.flush()
        _end(renode)
    # The input may still be open, and its reader cannot be asked to stop.
    os._exit(0)


def _then(wait: Callable[[], object], ended: threading.Event) -> None:
    wait()
    ended.set()


def _end(renode: "subprocess.Popen[bytes]") -> None:
    """Ask the whole group to end, then see to it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(renode.pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            renode.poll()
            os.killpg(renode.pid, 0)
            time.sleep(0.02)
        os.killpg(renode.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
