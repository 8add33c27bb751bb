"""Results that show themselves in a terminal or a notebook."""

from typing import TYPE_CHECKING

from .results import Result

if TYPE_CHECKING:
    from rich.console import RenderableType


class ShownResult(Result):
    """A Result that rich prints as a table, and Jupyter as a table with charts."""

    @classmethod
    def of(cls, result: Result) -> "ShownResult":
        """The same result."""
        return cls.model_construct(**dict(result))

    def __rich__(self) -> "RenderableType":
        from .reports.model import make_facts

        return make_facts(self)

    def _repr_html_(self) -> str:
        from .reports.notebook import result_fragment

        return result_fragment(self)
