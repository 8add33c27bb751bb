"""Options and arguments that cannot be, and the table that says which can."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.robustness.command import refused, tinysim
from tinysim import Board
from tinysim.engines.kinds import kind_of
from tinysim.errors import PlatformError, TinySimError
from tinysim.platform import load_board
from tinysim.platform.assembly import build_machine
from tinysim.platform.options import OPTIONS, options_of, render

SETS = {
    "": "'name=value'",
    "clock": "'name=value'",
    "=": "'name=value'",
    "clock=": "'name=value'",
    "=80MHz": "'name=value'",
    "tier=T0": "--tier says this",
    "strict=true": "--strict says this",
    "port=x": "no option 'port'",
    "uart=x": "no option 'uart'",
    "clok=80MHz": "no option 'clok'",
    "CLOCK=80MHz": "no option 'CLOCK'",
    "flash.bank=triple": "it takes dual, single",
    "flash.bank=1": "it takes dual, single",
    "flash.bank=true": "it takes dual, single",
    "\x1b[31m=1": r"no option '\\x1b\[31m'",
    "clock=\x1b[31m": "option clock",
    **{f"clock={value}": "1000000 to 1000000000, rcc" for value in (
        "0", "-1", "999999", "1000000001", "80", "80Mhz!", "nan", "inf", "1e8", "80 M", "true",
        "0x100000", "9" * 5000, "80mHzz", "-80MHz", "2GHz", "0.5MHz", "\u0663MHz", "acr",
    )},
    **{f"flash.latency={value}": "0 to 15, least, acr" for value in (
        "-1", "16", "1.5", "true", "rcc", "five", "nan", "99999999999999999999",
    )},
    **{f"{name}={value}": "true, false, acr" for name in (
        "flash.prefetch", "flash.instruction_cache", "flash.data_cache",
    ) for value in ("0", "1", "2", "yes", "on", "none")},
    **{f"bus.arbitration={value}": "0 to 15" for value in ("-1", "16", "acr", "true", "0.5")},
    **{f"timing.sleep_wakeup={value}": "0 to 1000" for value in ("-1", "1001", "x", "true")},
    "bus.parked=nowhere": "a memory or bus of the board",
    "bus.parked=5": "a memory or bus of the board",
    **{f"timing.cpi_percent={value}": "100 to 1000" for value in ("99", "1001", "-140", "true")},
    **{f"timing.bus_change={value}": "true, false" for value in ("0", "1", "maybe")},
    **{f"timing.memoise={value}": "true, false" for value in ("0", "1", "acr")},
    **{f"translate={value}": "0 to 1000000" for value in ("-1", "1000001", "true", "often")},
    **{f"timing.fetch_restart={value}": "at_once, late, paced" for value in ("early", "0", "true")},
}  # fmt: skip

ARGUMENTS: list[tuple[tuple[str, ...], str]] = [
    (("run", "sss"), "there are: kws, vww, ic, ic2, ad"),
    (("run", "KWS"), "there are: kws, vww, ic, ic2, ad"),
    (("run", ""), "there are: kws, vww, ic, ic2, ad"),
    (("run", "\x1b[2J"), r"no benchmark '\\x1b\[2J'"),
    (("run", "kws\nic"), r"no benchmark 'kws\\nic'"),
    (("run", "kws", "--mode", "x"), "mode"),
    (("run", "kws", "--mode", ""), "mode"),
    (("run", "kws", "--mode"), "mode"),
    (("run", "kws", "--tier", "T4"), "tier"),
    (("run", "kws", "--tier", "t3"), "tier"),
    (("run", "kws", "--limit", "0"), "limit"),
    (("run", "kws", "--limit", "-1"), "limit"),
    (("run", "kws", "--limit", "1.5"), "limit"),
    (("run", "kws", "--limit", "nan"), "limit"),
    (("run", "kws", "--jobs", "0"), "jobs"),
    (("run", "kws", "--jobs", "x"), "jobs"),
    (("run", "kws", "--variant", "fast"), "there are: dsp, reference"),
    (("run", "--image", "a.elf"), "--image and --model go with one benchmark"),
    (("run", "kws", "ic", "--model", "a"), "--image and --model go with one benchmark"),
    (("run", "kws", "--port", "/dev/null"), "go with --engine serial"),
    (("run", "kws", "--engine", "x"), "no engine 'x'"),
    (("run", "kws", "--engine", ""), "no engine ''"),
    (("run", "kws", "--engine", "serial"), "needs --port"),
    (("run", "kws", "--engine", "serial", "--port", "/nowhere"), "cannot be opened"),
    (("run", "kws", "--engine", "serial", "--port", "bad://x"), "cannot be opened"),
    (("run", "kws", "--engine", "serial", "--port", "/dev/null", "--baud", "-1"), "baud"),
    (("run", "kws", "--engine", "serial", "--port", "x", "--baud", "99999999999"), "option baud"),
    (("run", "kws", "--unknown"), "unknown"),
    (("run", "kws", "--json"), "json"),
    (("run", "kws", "--json", "/nowhere/x.json"), "there is no folder /nowhere"),
    (("run", "kws", "--json", "/"), "cannot be written: Is a directory"),
    (("run", "kws", "--json", "/proc/x.json"), "x.json"),
    (("run", "kws", "--json", "/tmp/" + "x" * 300), "cannot be written: File name too long"),
    (("run", "kws", "--json", "a\0b"), "cannot be written: not a file name"),
    (("run", "kws", "--baseline", "/nowhere"), "cannot be read: No such file"),
    (("run", "kws", "--baseline", "/"), "cannot be read: "),
    (("run", "kws", "--baseline", "/dev/zero"), "no regular file"),
    *(
        (("run", "kws", *given), "go with --engine serial")
        for given in (("--baud", "9600"), ("--flash",), ("--interface", "x"), ("--port", "x"))
    ),
    *(
        (("run", "kws", "--image", "a.elf", *given), f"{given[0]} is for tinysim's own firmware")
        for given in (("--variant", "reference"), ("--model", "a.tflite"), ("--no-folding",))
    ),
    (("profile", "kws", "--image", "a.elf", "--no-folding"), "--no-folding is for tinysim's own"),
    (("run", "app.elf"), "goes behind --image, or to `tinysim exec`$"),
    (("run", "build/app"), "goes behind --image, or to `tinysim exec`$"),
    (("run", "kwz"), "there are: kws, vww, ic, ic2, ad, sww$"),
    (("validate",), "no published image was found in --images FOLDER, which is not given"),
    (("run", "kws", "--resume"), "--resume goes with --mode accuracy"),
    (("run", "kws", "--engine", "serial", "--port", "x", "--tier", "T2"), "keeps its own time"),
    (("run", "kws", "--engine", "serial", "--port", "x", "--no-folding"), "add --flash"),
    (("run", "kws", "--engine", "serial", "--port", "x", "--model", "a"), "add --flash"),
    (("run", "a.tflite", "--baud", "9600"), "--baud goes with a benchmark"),
    (("serve", "kws"), "--pty PATH or --tcp PORT"),
    (("serve", "kws", "--pty", "a", "--tcp", "1"), "--pty PATH or --tcp PORT"),
    *((("serve", "kws", "--tcp", port), "tcp") for port in ("-1", "65536", "70000", "x", "1.5")),
    (("serve",), "BENCHMARK|benchmark"),
    (("profile",), "BENCHMARK|benchmark"),
    (("profile", "kws", "--flame", "/nowhere/x"), "there is no folder"),
    (("compare",), "FIRST|first"),
    (("compare", "/nowhere", "/nowhere"), "cannot be read"),
    (("report",), "RESULTS|results"),
    (("report", "/nowhere"), "cannot be read"),
    (("validate", "--images", "/nowhere"), "no such folder"),
    (("validate", "--image", "x"), "--benchmark and --measured"),
    (("validate", "--benchmark", "kws"), "go with --image"),
    (("validate", "--measured", "3"), "go with --image"),
    (("validate", "--image", "x", "--benchmark", "x", "--measured", "3"), "no benchmark 'x'"),
    *(
        (("validate", "--image", "x", "--benchmark", "kws", "--measured", value), "measured")
        for value in ("nan", "inf", "-inf", "0", "-3", "1e12", "x", "")
    ),
    (("validate", "--image", "x", "--benchmark", "kws", "--measured", "3", "--mode", "x"), "mode"),
    (("validate", "--image", "x", "--benchmark", "kws", "--measured", "3", "--bank", "x"), "bank"),
    (("validate", "--tier", "T9"), "tier"),
    (("validate", "--json", "/nowhere/x"), "there is no folder"),
    (("validate", "--html", "/nowhere/x"), "there is no folder"),
    (("baseline", "write", "/nowhere/b.json", "kws"), "there is no folder"),
    (("baseline", "write", "/", "kws"), "folder|directory"),
    *(
        (("baseline", "write", "/tmp/none.json", "kws", "--tolerance", value), "tolerance|metric")
        for value in ("cycles", "cycles=x", "cycles=nan", "cycles=inf", "cycles=-1", "x=1", "=1")
    ),
    (("submit", "/nowhere", "--check"), "no such folder"),
    (("submit", "/tmp/t"), "--results, --org and --system are needed"),
    (("build", "x"), "there are: kws"),
    (("build", "kws", "--variant", "x"), "there are: dsp"),
    (("build", "--model", "x"), "--model goes with one benchmark"),
    (("official-runner", "x", "--runner", "/"), "there are: kws"),
    (("official-runner", "kws", "--runner", "/nowhere"), "no main.py"),
    (("official-runner", "kws", "--runner", "/", "--tier", "x"), "tier"),
    (("nothing",), "nothing"),
    (("run", "kws", "-x"), "-x"),
]


@pytest.mark.parametrize("item", SETS)
def test_a_setting_that_cannot_be(item: str) -> None:
    refused(tinysim("run", "kws", "--set", item), SETS[item])


@pytest.mark.parametrize("arguments", [row[0] for row in ARGUMENTS], ids=repr)
def test_arguments_that_cannot_be(arguments: tuple[str, ...]) -> None:
    pattern = next(pattern for row, pattern in ARGUMENTS if row == arguments)
    refused(tinysim(*arguments), pattern)


@pytest.mark.parametrize(
    "given", [("--press", "B1@"), ("--pin", "PA0=1@soon"), ("--for", "-1s"), ("--for", "2 days")]
)
def test_a_time_that_cannot_be_is_named_as_it_was_given(
    firmware: Path, given: tuple[str, str]
) -> None:
    ran = tinysim("exec", str(firmware / "kws_dsp.elf"), *given)
    refused(ran, f"{' '.join(given)}: a time was expected: ")


def test_a_setting_is_given_once() -> None:
    ran = tinysim("run", "kws", "--set", "clock=80MHz", "--set", "clock=90MHz")
    refused(ran, "given twice")


def test_the_table_is_what_the_engine_has() -> None:
    machine = build_machine(load_board())
    assert machine.options() == {name: o.default for name, o in options_of("builtin").items()}


@pytest.mark.parametrize("name", options_of("builtin"))
def test_the_engine_takes_what_the_table_says_and_no_more(name: str) -> None:
    option = options_of("builtin")[name]
    machine = build_machine(load_board())
    for value in (*option.words, *((option.least, option.most) if option.most > 0 else ())):
        machine.configure(name, value)
        assert machine.options()[name] == value
    for value in (option.least - 1, option.most + 1) if option.most > 0 else (-7, "nonsense"):
        with pytest.raises(Exception, match="takes"):
            machine.configure(name, value)


@pytest.mark.parametrize(
    ("text", "hertz"),
    [("80MHz", 80_000_000), ("4 mhz", 4_000_000), ("1GHz", 1_000_000_000), ("2500kHz", 2_500_000)],
)
def test_frequencies_are_understood_everywhere(text: str, hertz: int) -> None:
    assert kind_of("builtin").checked({"clock": text}) == {"clock": hertz}


def test_only_what_makes_another_board_drops_the_error_band() -> None:
    own = load_board().options()
    given = kind_of("builtin").checked(
        {"tier": "T3", "strict": True, "flash.bank": "dual", "timing.memoise": False}
    )
    assert kind_of("builtin").changed(given, own) == {}
    for name, value in (("clock", 80_000_000), ("flash.bank", "single"), ("bus.arbitration", 0)):
        assert kind_of("builtin").changed({name: value}, own) == {name: value}


@pytest.mark.parametrize("option", [o for o in OPTIONS if not o.own], ids=lambda o: o.name)
def test_every_option_says_what_it_is(option: object) -> None:
    assert all(getattr(option, name) for name in ("meaning", "source", "range"))


def test_the_document_is_made_of_the_table() -> None:
    assert (ROOT / "docs" / "options.md").read_text() == render()


def test_the_python_api_takes_and_refuses_the_same(firmware: Path) -> None:
    image = firmware / "kws_dsp.elf"
    with Board(image, tier="T0", clock="80MHz") as board:
        board.boot()
        assert board.engine.clock_hz() == 80_000_000
    with pytest.raises(PlatformError, match="no option 'clok'"):
        Board(image, clok="80MHz")
    with pytest.raises(TinySimError, match="it takes T0"):
        Board(image, tier="T7")
