"""What `--help` prints: all that its source says, and not as its source is broken into lines."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tests.robustness.command import tinysim
from tinysim.cli.verbs import VERBS


def _commands() -> Iterator[Any]:
    for verb in VERBS:
        command = verb.load()
        inner = getattr(command, "commands", {})
        yield pytest.param((verb.name,), command, id=verb.name)
        for name, child in inner.items():
            yield pytest.param((verb.name, name), child, id=f"{verb.name} {name}")


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


def _printed(words: tuple[str, ...], width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", width)
    ran = tinysim(*words, "--help")
    assert ran.code == 0
    return ran.out


@pytest.mark.parametrize(("words", "command"), [*_commands()])
def test_nothing_of_a_text_is_lost(
    words: tuple[str, ...], command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = " ".join(_words(_printed(words, 2000, monkeypatch)))
    for parameter in command.get_params(typer.Context(command)):
        if said := parameter.help:
            assert " ".join(_words(said)) in printed, parameter.name


@pytest.mark.parametrize(("words", "command"), [*_commands()])
def test_a_paragraph_is_as_wide_as_the_terminal(
    words: tuple[str, ...], command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line.strip() for line in _printed(words, 2000, monkeypatch).splitlines()]
    for paragraph in (command.help or "").split("\n\n"):
        assert " ".join(_words(paragraph)) in lines


def test_processes_are_those_of_the_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("sweep",), ("validate",), ("data", "prepare"), ("profile",)):
        assert "accuracy mode" not in _printed(words, 2000, monkeypatch)
