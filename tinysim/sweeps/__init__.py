"""Many models, kernels and boards at once: a grid, its points measured, a table of them."""

from .cluster import run_on_cluster
from .grid import Grid, Point, read_grid
from .run import run_sweep
from .table import SweepTable

__all__ = ["Grid", "Point", "SweepTable", "read_grid", "run_on_cluster", "run_sweep"]
