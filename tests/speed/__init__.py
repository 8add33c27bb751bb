"""How fast the engine is, beside Unicorn without hooks and QEMU, on the same code in one run.

Run by `make speed`, or as `python -m tests.speed kws loops`. CPU time is counted, and the rounds of
all are interleaved, so that what else the machine does falls on all alike. Code is warm: what a
first round decodes, translates and remembers is left out.
"""

from .images import at_inference, make_unicorn

__all__ = ["at_inference", "make_unicorn"]
