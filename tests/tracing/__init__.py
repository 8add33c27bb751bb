"""Traces of a board."""
