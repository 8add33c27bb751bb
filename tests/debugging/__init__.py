"""Debuggers at the emulated board."""
