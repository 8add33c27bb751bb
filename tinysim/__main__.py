"""`python -m tinysim`."""

from .cli import main

main()
