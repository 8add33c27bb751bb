"""Debuggers at the emulated board: a debug port for pyOCD, and a server that goes back."""
