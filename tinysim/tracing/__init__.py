"""What a board did, moment by moment: for GTKWave (VCD) and for Perfetto (Chrome's JSON)."""

from .record import Names, Sink, trace

__all__ = ["Names", "Sink", "trace"]
