"""Commands whose help shows a flag as what it is: without a value."""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption


def _without_values(options: list[Any]) -> list[Any]:
    for option in options:
        if isinstance(option, TyperOption) and option.is_bool_flag:
            option.metavar = ""
    return options


class Command(TyperCommand):
    """A verb."""

    def get_params(self, context: Any) -> list[Any]:
        """The options, that of help among them."""
        return _without_values(super().get_params(context))


class Group(TyperGroup):
    """A verb with verbs of its own."""

    def get_params(self, context: Any) -> list[Any]:
        """The options, that of help among them."""
        return _without_values(super().get_params(context))


class Verbs(typer.Typer):
    """Verbs of which each is a `Command`, and together a `Group`."""

    def __init__(self, *, cls: type[TyperGroup] = Group, **options: Any) -> None:
        super().__init__(cls=cls, **options)

    def command(
        self, name: str | None = None, *, cls: type[TyperCommand] | None = Command, **options: Any
    ) -> Callable[[Any], Any]:
        """As `typer.Typer` has it."""
        return super().command(name, cls=cls, **options)
