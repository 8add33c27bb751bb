"""The benchmark's serial protocol, from the host's side."""

from .dut import Dut, Window
from .lossy import LossyDut

__all__ = ["Dut", "LossyDut", "Window"]
