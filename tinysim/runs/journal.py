"""What an accuracy run has done so far, so that it can go on after an interruption."""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from ..benchmarks import Sample
from ..results import InputResult, WindowResult


class Answer(BaseModel):
    """What the board printed and measured for one file."""

    output: InputResult
    windows: tuple[WindowResult, ...]


class Journal:
    """A file with an `Answer` a line; a line that was cut short ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answers(self) -> dict[str, Answer]:
        """What is there, by file name."""
        found: dict[str, Answer] = {}
        try:
            lines = self._path.read_text().splitlines()
        except FileNotFoundError:
            return found
        for line in lines:
            try:
                answer = Answer.model_validate_json(line)
            except ValidationError:
                break
            found[answer.output.file] = answer
        return found

    def start(self, answers: dict[str, Answer], samples: tuple[Sample, ...]) -> dict[str, Answer]:
        """Begin with those of `answers` that are for `samples`, and return them."""
        kept = {s.file: answers[s.file] for s in samples if s.file in answers}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text("".join(f"{a.model_dump_json()}\n" for a in kept.values()))
        return kept

    def add(self, answer: Answer) -> None:
        """Write an answer down."""
        with self._path.open("a") as file:
            file.write(f"{answer.model_dump_json()}\n")

    def end(self) -> None:
        """The run is complete."""
        self._path.unlink(missing_ok=True)
