"""Results that show themselves in a terminal or a notebook, and turn into tables of pandas."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field

from ..benchmarks.any_model import MODEL_ID
from ..results import Profile, Result
from .frames import frame, function_rows, layer_rows, result_row

if TYPE_CHECKING:
    import pandas
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from ..reports.comparison import Pair


class ShownProfile(Profile):
    """A Profile with what it is of."""

    name: str = Field("inference", exclude=True)

    @classmethod
    def of(cls, profile: Profile, name: str) -> Self:
        """The same profile."""
        return cls.model_construct(**{**dict(profile), "name": name})

    def __repr__(self) -> str:
        return (
            f"<Profile of {self.name}: {self.cycles:,} cycles, {len(self.layers)} operations, "
            f"{len(self.functions)} functions>"
        )

    __str__ = __repr__

    def __rich__(self) -> "RenderableType":
        from rich.console import Group

        from ..reports.costs import make_costs

        return Group(*make_costs(self))

    def _repr_html_(self) -> str:
        from ..reports.notebook import profile_fragment

        return profile_fragment(self.name, self)

    def to_frame(self, of: Literal["operations", "functions"] = "operations") -> "pandas.DataFrame":
        """A row an operation, or a row a function.

        Raises:
            ToolError: the extra `notebook` is not installed.

        """
        return frame(layer_rows(self) if of == "operations" else function_rows(self))


class ShownResult(Result):
    """A Result that rich prints as a table, and Jupyter as a table with charts."""

    profile: ShownProfile | None = None

    @classmethod
    def of(cls, result: Result) -> Self:
        """The same result."""
        values = dict(result)
        if result.profile:
            values["profile"] = ShownProfile.of(result.profile, result.benchmark)
        return cls.model_construct(**values)

    def __repr__(self) -> str:
        from ..reports import text

        quality = text.quality(self)
        parts = [
            f"{self.benchmark}, {self.mode}: {text.latency(self)} "
            + (text.error_band(self) if self.error_band else "without a band"),
            f"{self.engine} {self.tier}",
            self.board + (", changed" if self.options else ""),
            *([quality] if quality != "-" else []),
        ]
        return f"<Result of {', '.join(parts)}>"

    __str__ = __repr__

    def __rich__(self) -> "RenderableType":
        from ..reports import model, table

        if self.model_id == MODEL_ID:
            return model.make_facts(self)
        return table.make_facts(self)

    def _repr_html_(self) -> str:
        from ..reports.notebook import result_fragment

        return result_fragment(self)

    def to_frame(self) -> "pandas.DataFrame":
        """One row.

        Raises:
            ToolError: the extra `notebook` is not installed.

        """
        return frame([result_row(self)])


class ShownResults(list[ShownResult]):
    """Several results, a row each."""

    @classmethod
    def of(cls, results: Iterable[Result]) -> Self:
        """The same results."""
        return cls(ShownResult.of(result) for result in results)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from ..reports.table import make_table

        yield make_table(self, options.max_width)[0]

    def _repr_html_(self) -> str:
        from ..reports.notebook import results_fragment

        return results_fragment(self)

    def to_frame(self) -> "pandas.DataFrame":
        """A row a result.

        Raises:
            ToolError: the extra `notebook` is not installed.

        """
        return frame([result_row(result) for result in self])


class ShownComparison(list["Pair"]):
    """Two runs side by side, a row a benchmark and mode."""

    @property
    def is_same(self) -> bool:
        """Whether all outputs that both have are equal."""
        return all(pair.is_same for pair in self)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from ..reports.comparison import make_table

        yield make_table(self, options.max_width)[0]

    def _repr_html_(self) -> str:
        from ..reports.notebook import comparison_fragment

        return comparison_fragment(self)

    def to_frame(self) -> "pandas.DataFrame":
        """A row a benchmark and mode.

        Raises:
            ToolError: the extra `notebook` is not installed.

        """
        return frame([pair.row() for pair in self])
