"""What an accuracy run has done so far, so that it can go on after an interruption."""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from ..benchmarks import Sample
from ..models.locate import writing_to_cache
from ..results import InputResult, WindowResult
from ..storage import make_folder, read_text, write_text


class Answer(BaseModel):
    """What the board printed and measured for one file."""

    output: InputResult
    windows: tuple[WindowResult, ...]

    def is_for(self, sample: Sample) -> bool:
        """Whether it answers every input of the sample, with the label that it has now."""
        count = len(sample.inputs)
        return (
            self.output.label == sample.label
            and len(self.output.results) == count
            and len(self.windows) == count
        )


class Journal:
    """A file with an `Answer` a line; a line that was cut short ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answers(self) -> dict[str, Answer]:
        """What is there, by file name."""
        found: dict[str, Answer] = {}
        if not self._path.exists():
            return found
        for line in read_text(self._path).splitlines():
            try:
                answer = Answer.model_validate_json(line, strict=True)
            except ValidationError:
                break
            found[answer.output.file] = answer
        return found

    def start(self, answers: dict[str, Answer], samples: tuple[Sample, ...]) -> dict[str, Answer]:
        """Begin with those of `answers` that are for `samples`, and return them.

        Raises:
            StorageError: the file cannot be written.

        """
        kept = {
            sample.file: answers[sample.file]
            for sample in samples
            if sample.file in answers and answers[sample.file].is_for(sample)
        }
        with writing_to_cache():
            make_folder(self._path.parent)
            write_text(self._path, "".join(f"{a.model_dump_json()}\n" for a in kept.values()))
        return kept

    def add(self, answer: Answer) -> None:
        """Write an answer down."""
        with writing_to_cache(), self._path.open("a", encoding="utf-8") as file:
            file.write(f"{answer.model_dump_json()}\n")

    def end(self) -> None:
        """The run is complete."""
        self._path.unlink(missing_ok=True)
