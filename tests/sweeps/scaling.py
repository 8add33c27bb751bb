"""What a Dask cluster of this machine adds to the work: `python -m tests.sweeps.scaling`.

Points that wait for a second stand for the work, so that nothing else on the machine can be taken
for overhead; then as many that are done at once. Rows go into a table, as in a sweep.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import distributed

from tests.models.networks import random_network
from tests.sweeps import workers
from tinysim.models.write import write_network
from tinysim.sweeps import SweepTable, read_grid, run_on_cluster


def measure(jobs: int, count: int, seconds: float) -> float:
    """Seconds that so many points take on so many workers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.tflite").write_bytes(write_network(random_network(3)))
        clocks = ", ".join(f'"{8_000_000 + 1000 * number}"' for number in range(count))
        grid = folder / "sweep.toml"
        grid.write_text(f'[axes]\nmodel = "a.tflite"\nclock = [{clocks}]\n')
        plan = read_grid(grid)
        with (
            distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, dashboard_address=":0", silence_logs=50
            ) as cluster,
            SweepTable(folder / "t.duckdb", plan) as table,
        ):
            started = time.monotonic()
            work = partial(workers.waiting, seconds)
            for measured in run_on_cluster(plan.points, cluster.scheduler_address, work):
                table.add(measured)
            taken = time.monotonic() - started
            assert len(table.rows()) == count
    return taken


def main() -> None:
    """Print a line for each case; the number of points may be given."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for jobs, seconds in ((1, 0.0), (2, 0.0), (1, 1.0), (2, 1.0), (4, 1.0)):
        taken = measure(jobs, count, seconds)
        over = taken - count * seconds / jobs
        print(
            f"{count} points of {seconds:g} s on {jobs} workers: {taken:.1f} s; "
            f"{1000 * over / count:.2f} ms a point"
            + (f", {over / (count * seconds / jobs):.2%} of the work" if seconds else ""),
            flush=True,
        )


if __name__ == "__main__":
    main()
