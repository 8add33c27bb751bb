"""The reference trainings, a file each; a further one is a further file with a `RECIPE`."""

import pkgutil
from importlib import import_module

from ...errors import TinySimError
from ..recipe import Recipe


def recipe_names() -> list[str]:
    """The trainings that there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find_recipe(name: str) -> Recipe:
    """The training of that name.

    Raises:
        TinySimError: there is none.

    """
    if name not in recipe_names():
        raise TinySimError(f"no training '{name}'; there are: {', '.join(recipe_names())}")
    recipe = import_module(f".{name}", __name__).RECIPE
    assert isinstance(recipe, Recipe)
    return recipe
