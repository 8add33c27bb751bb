"""Float answers beside the host's."""

import pytest

from tinysim.results import HostCheck


@pytest.mark.parametrize(
    ("equal", "error", "wrong"),
    [
        (True, None, False),
        (None, None, False),
        (False, None, True),
        (False, 1e-7, False),
        (False, 1e-3, True),
    ],
)
def test_only_the_rounding_of_floats_is_forgiven(
    equal: bool | None, error: float | None, wrong: bool
) -> None:
    assert HostCheck(equal=equal, inputs=1, error=error).is_wrong == wrong
