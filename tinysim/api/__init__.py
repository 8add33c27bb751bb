"""Boards and measurements for scripts and notebooks; `tinysim` itself hands them on."""
