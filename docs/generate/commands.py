"""The command line: every verb with its arguments and options, from the code."""

import enum
import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import typer
from typer.models import ArgumentInfo, OptionInfo

from tinysim.cli.verbs import VERBS

_HEAD = """\
# Commands

`tinysim VERB --help` prints the same. The exit code is 0 for success, 1 for a missed target or a
difference, 2 with one line for an error, and 128 with the signal's number for an interruption.

| verb | purpose |
|---|---|
"""
_VALUES = {Path: "PATH", int: "N", float: "NUMBER", str: "TEXT"}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    parts += [f"| [{verb.name}](#{verb.name}) | {_cell(verb.purpose)} |\n" for verb in VERBS]
    for verb in VERBS:
        module = importlib.import_module(f"tinysim.cli.{verb.module}")
        parts += _verb(getattr(module, verb.function), verb.name, 2)
    return "".join(parts)


def _verb(carried_out: Any, name: str, level: int) -> Iterator[str]:
    if not isinstance(carried_out, typer.Typer):
        yield f"\n{'#' * level} {name}\n\n"
        yield from _command(carried_out, name)
        return
    yield f"\n{'#' * level} {name}\n\n{carried_out.info.help}\n"
    for command in carried_out.registered_commands:
        if command.callback is not None:
            own = command.name or command.callback.__name__.replace("_", "-")
            yield from _verb(command.callback, f"{name} {own}", level + 1)


def _command(function: Callable[..., Any], name: str) -> Iterator[str]:
    parameters = list(inspect.signature(function, eval_str=True).parameters.values())
    arguments = [_name(one) for one in parameters if _is_argument(one)]
    words = " ".join(["tinysim", name, *arguments, *(["[OPTIONS]"] if parameters else [])])
    yield f"```\n{words}\n```\n\n{_cell(inspect.getdoc(function) or '', lines=True)}\n\n"
    if parameters:
        yield "| | value | | default |\n|---|---|---|---|\n"
        yield from map(_row, parameters)


def _parts(parameter: inspect.Parameter) -> tuple[Any, Any]:
    """Its type without `None`, and what typer is told of it."""
    annotation, said = parameter.annotation, None
    if get_origin(annotation) is Annotated:
        annotation, said = get_args(annotation)[:2]
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (kind for kind in get_args(annotation) if kind is not type(None))
    return annotation, said


def _is_argument(parameter: inspect.Parameter) -> bool:
    return isinstance(_parts(parameter)[1], ArgumentInfo)


def _name(parameter: inspect.Parameter) -> str:
    annotation, said = _parts(parameter)
    if isinstance(said, ArgumentInfo):
        word = parameter.name.upper()
        many = f"{word}..." if get_origin(annotation) is list else word
        return many if parameter.default is parameter.empty else f"[{many}]"
    # What typer takes for a default outside of Annotated is the first name in it.
    words = (said.default, *(said.param_decls or ())) if isinstance(said, OptionInfo) else ()
    declared = [word for word in words if isinstance(word, str) and word.startswith("-")]
    return ", ".join(declared or [f"--{parameter.name.replace('_', '-')}"]).replace("/", ", ")


def _row(parameter: inspect.Parameter) -> str:
    annotation, said = _parts(parameter)
    shown = ", ".join(f"`{name}`" for name in _name(parameter).split(", "))
    default = _default(parameter, said)
    return f"| {shown} | {_value(annotation, said)} | {_cell(said.help or '')} | {default} |\n"


def _value(annotation: Any, said: Any) -> str:
    if annotation is bool or isinstance(said, ArgumentInfo):
        return ""
    if get_origin(annotation) is list:
        return f"{_value(get_args(annotation)[0], said)}, also several times"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    value = said.metavar or _VALUES[annotation]
    return f"`{value}`".replace("|", "\\|")


def _default(parameter: inspect.Parameter, said: Any) -> str:
    if parameter.default is parameter.empty:
        return "required"
    if isinstance(said.show_default, str):
        return _cell(said.show_default)
    if parameter.name == "jobs":
        return "the host's processors"
    value = getattr(parameter.default, "value", parameter.default)
    return "" if value in (None, False, "") else f"`{value}`" if value is not True else "on"


def _cell(text: str, *, lines: bool = False) -> str:
    kept = text if lines else " ".join(text.split()).replace("|", "\\|")
    return kept.replace("<", "&lt;")
