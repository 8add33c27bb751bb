"""From a data set to a model: the reference architectures, trained and quantized.

What needs TensorFlow imports it when it is called, so that everything else works without the extra
`train`.
"""

from .recipe import Recipe
from .recipes import find_recipe, recipe_names

__all__ = ["Recipe", "find_recipe", "recipe_names"]
