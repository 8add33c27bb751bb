"""Commands whose help is readable: paragraphs are as wide as the terminal, and a flag is shown as
what it is, without a value; and that write over nothing that they read.
"""

import inspect
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from .targets import refuse_own_inputs


def _without_values(options: list[Any]) -> list[Any]:
    for option in options:
        if isinstance(option, TyperOption) and option.is_bool_flag:
            option.metavar = ""
    return options


def _in_paragraphs(text: str | None) -> str | None:
    """A docstring without the ends of lines that its source has."""
    if text is None:
        return None
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


class Command(TyperCommand):
    """A verb."""

    def __init__(self, name: str | None, *, help: str | None = None, **options: Any) -> None:
        super().__init__(name, help=_in_paragraphs(help), **options)

    def get_params(self, context: Any) -> list[Any]:
        """The options, that of help among them."""
        return _without_values(super().get_params(context))

    def invoke(self, ctx: Any) -> Any:
        """Carry the verb out."""
        refuse_own_inputs(ctx.params)
        return super().invoke(ctx)


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
