"""What the tests of training share; they need the extra."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """TensorFlow's own warnings are not ours."""
    for item in items:
        if "/training/" in str(item.path):
            item.add_marker(pytest.mark.filterwarnings("default"))
