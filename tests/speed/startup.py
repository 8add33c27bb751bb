"""What commands take beside emulation."""

import os
import subprocess
import sys

_ROUNDS = 5

_TIMED = """
import sys, time
spent = 0.0
def timed(run):
    def wrapper(*arguments, **named):
        global spent
        begin = time.process_time()
        try:
            return run(*arguments, **named)
        finally:
            spent += time.process_time() - begin
    return wrapper
from tinysim.cli import run_command
if sys.argv[1:] and sys.argv[1] == "run":
    from tinysim.engines.builtin import BuiltinEngine
    BuiltinEngine._advance = timed(BuiltinEngine._advance)
code = run_command(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write(f"\\n{time.process_time() - spent:.3f} {spent:.3f}")
sys.exit(code)
"""
"""Runs a command, and says at the end what it took beside the emulation, and for it."""


def beside_emulation(*arguments: str) -> tuple[float, float]:
    """CPU seconds beside the emulation, and those of it, in the best of several runs.

    The first leaves its bytecode behind, as it does where nobody has forbidden that.
    """
    found = []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(_ROUNDS):
        done = subprocess.run(
            [sys.executable, "-c", _TIMED, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        beside, emulation = map(float, done.stderr.split()[-2:])
        found.append((beside, emulation))
    return min(found)
