"""TensorFlow, where the extra `train` is installed."""

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

from ..errors import ToolError


def load_tensorflow() -> Any:
    """The module `tensorflow`.

    Raises:
        ToolError: the extra `train` is not installed.

    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with quiet():
            import tensorflow
    except ImportError:
        raise ToolError("TensorFlow is missing: pip install 'tinysim[train]'") from None
    return tensorflow


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep from the user what TensorFlow says of itself: GPUs that are not there, the converter's
    progress, interfaces that will be gone from a later release than the extra's.
    """
    with tempfile.TemporaryFile() as aside, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept = os.dup(2)
        os.dup2(aside.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
