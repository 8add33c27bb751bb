"""The chip's peripherals, register by register."""
