"""What is known of engines by their names."""

import pytest

from tinysim.engines import kinds
from tinysim.engines.kinds import kind_of
from tinysim.errors import EngineError, PlatformError
from tinysim.platform.option import Option


class _Bench:
    """An engine of another package: a board on a bench."""

    is_silicon = True
    options = (Option("wire", "of the board", "its label", "usb", words=("usb", "lan")),)


class _Entry:
    name = "bench"

    def load(self) -> type[_Bench]:
        return _Bench


@pytest.mark.parametrize(
    ("name", "silicon", "tier"),
    [("builtin", False, "T3"), ("renode", False, "T1"), ("serial", True, "T3")],
)
def test_engines_say_what_they_are(name: str, tier: str, *, silicon: bool) -> None:
    kind = kind_of(name)
    assert kind.is_silicon is silicon
    assert kind.tier("T3") == tier
    assert kind.options
    assert kind.load().name == name


def test_an_engine_of_another_package_says_so_by_its_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "entry_points", lambda group: [_Entry()])
    kind = kind_of("bench")
    assert kind.is_silicon
    assert kind.tier("T2") == "T2"
    assert kind.load() is _Bench
    assert kind.checked({"wire": "lan"}) == {"wire": "lan"}
    with pytest.raises(PlatformError, match="engine bench has no option 'port'"):
        kind.checked({"port": "x"})


def test_an_engine_that_nobody_has_is_named_with_those_that_there_are() -> None:
    with pytest.raises(EngineError, match="no engine 'rtl'; there are: builtin, renode, serial"):
        kind_of("rtl")
