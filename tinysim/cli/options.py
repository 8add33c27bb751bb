"""Arguments that several verbs share."""

from collections.abc import Sequence

from ..benchmarks import BENCHMARKS, Benchmark
from ..errors import TinySimError


def chosen(names: Sequence[str]) -> list[Benchmark]:
    """The benchmarks of those names; all of them for none.

    Raises:
        TinySimError: there is no such benchmark.

    """
    for name in names:
        if name not in BENCHMARKS:
            raise TinySimError(f"no benchmark '{name}'; there are: {', '.join(BENCHMARKS)}")
    return [BENCHMARKS[name] for name in names or BENCHMARKS]


def settings(items: Sequence[str]) -> dict[str, int | str | bool]:
    """`name=value` pairs as the engine's options.

    Raises:
        TinySimError: an item without `=`.

    """
    result: dict[str, int | str | bool] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise TinySimError(f"--set {item}: 'name=value' was expected")
        lowered = value.lower()
        if lowered in ("true", "false"):
            result[name] = lowered == "true"
        else:
            result[name] = int(value) if value.lstrip("-").isdigit() else value
    return result
