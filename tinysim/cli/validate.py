"""`tinysim validate`."""

import hashlib
import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..benchmarks import BENCHMARKS
from ..errors import TinySimError
from ..image import MOST_IMAGE
from ..results.programs import ProgramValidation
from ..results.validation import Check, Validation
from ..storage import check_target, read_bytes, write_text
from ..validation import Candidate, Published, Rule, check_image, find_images
from ..validation.programs import check_expected, check_set
from ..workers import Workers
from .console import show
from .options import PROCESSORS, Jobs, JsonTo, Tier, chosen
from .progress import waiting, watched
from .show import check_json, write_to


class Mode(StrEnum):
    """What an image was built for."""

    PERFORMANCE = "performance"
    ENERGY = "energy"


class Bank(StrEnum):
    """How the flash is organized."""

    DUAL = "dual"
    SINGLE = "single"


def validate(
    images: Annotated[
        Path | None,
        typer.Option(envvar="TINYSIM_IMAGES", help="folder with published images"),
    ] = None,
    tier: Annotated[
        list[Tier] | None, typer.Option(help="how time is counted; several are compared")
    ] = None,
    official: Annotated[
        bool, typer.Option("--official", help="five windows of >= 10 s, as submissions do")
    ] = False,
    image: Annotated[
        Path | None, typer.Option("--image", help="an image that is not in the catalogue")
    ] = None,
    benchmark: Annotated[str | None, typer.Option(help="of --image: kws, vww, ic, ad")] = None,
    measured: Annotated[
        float | None, typer.Option(min=0, help="of --image: inferences per second on silicon")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="of --image")] = Mode.PERFORMANCE,
    bank: Annotated[Bank, typer.Option(help="of --image: flash bank mode")] = Bank.DUAL,
    programs: Annotated[
        str | None, typer.Option("--set", help="pqm4: cryptographic programs below --images")
    ] = None,
    expect: Annotated[
        Path | None,
        typer.Option(help="CSV file of your own programs: columns image, prints, cycles"),
    ] = None,
    energy: Annotated[
        bool,
        typer.Option("--energy", help="compare estimated power with published energy runs"),
    ] = False,
    jobs: Jobs = PROCESSORS,
    html: Annotated[Path | None, typer.Option(help="write a page that plots the errors")] = None,
    json_to: JsonTo = None,
) -> None:
    """Compare estimated latencies of published images with what silicon measured.

    Exit code 1 when an image of a benchmark that tinysim has could not be run.
    """
    from ..reports.validation import make_validation, render_validation

    check_json(json_to)
    if html:
        check_target(html)
    if energy:
        if image or official or programs or expect or tier or html:
            raise TinySimError("--energy goes with --images and --json")
        _validate_energy(images, json_to)
        return
    if programs or expect:
        if image or official or (programs and expect):
            raise TinySimError("--set or --expect goes with --images, --tier, --html and --json")
        _validate_programs(programs, expect, images, tier or [Tier.T3], html, json_to)
        return
    candidates = _candidates(images)
    if not image and not (benchmark is None and measured is None):
        raise TinySimError("--benchmark and --measured go with --image")
    if image:
        if benchmark is None or measured is None:
            raise TinySimError("--image needs --benchmark and --measured beside it")
        chosen([benchmark])
        if not 0 < measured < 1e9:
            raise TinySimError(f"--measured {measured:g}: inferences per second were expected")
        candidates.append(_given(image, benchmark, measured, mode.value, bank.value))
    if not candidates:
        raise TinySimError(
            f"no published image was found in {images or '--images FOLDER, which is not given'}; "
            "the repositories of results have them (tinysim/validation/catalog.toml says where)"
        )
    rule = Rule.OFFICIAL if official else Rule.QUICK
    tiers = [chosen.value for chosen in tier or [Tier.T3]]
    validations = [_validate(candidates, name, rule, jobs) for name in tiers]
    if json_to is not None:
        dumped = [validation.model_dump_json(indent=2) for validation in validations]
        write_to(json_to, dumped[0] if len(dumped) == 1 else f"[{','.join(dumped)}]")
    if html:
        write_text(html, render_validation(validations))
    if json_to != "-":
        table, notes = make_validation(validations)
        show(table, notes)
    if any(row.problem and row.benchmark in BENCHMARKS for v in validations for row in v.others):
        raise SystemExit(1)


def _validate_energy(images: Path | None, json_to: str | None) -> None:
    from ..reports.energy import make_energy
    from ..validation.energy import check_energy

    done = check_energy(images)
    if json_to is not None:
        write_to(json_to, done.model_dump_json(indent=2))
    if json_to != "-":
        show(*make_energy(done))
    if done.problems:
        raise SystemExit(1)


def _validate_programs(
    name: str | None,
    expect: Path | None,
    folder: Path | None,
    tiers: list[Tier],
    html: Path | None,
    json_to: str | None,
) -> None:
    from ..reports.programs import make_programs, render_programs

    if name and folder is None:
        raise TinySimError("--set needs --images FOLDER with the programs' ELF files")
    done = []
    for tier in tiers:
        with waiting(f"programs at {tier.value}"):
            rows = (
                check_expected(expect, tier.value)
                if expect
                else check_set(name or "", folder or Path(), tier.value)
            )
        if not rows:
            raise TinySimError(f"{folder}: no program of set {name} was found")
        done.append(ProgramValidation(set=name or str(expect), tier=tier.value, rows=tuple(rows)))
    if json_to is not None:
        write_to(json_to, json.dumps([one.model_dump(mode="json") for one in done], indent=2))
    if html:
        write_text(html, render_programs(done))
    if json_to != "-":
        for one in done:
            table, notes = make_programs(one)
            show(table, notes)
    if any(row.estimate is None for one in done for row in one.rows):
        raise SystemExit(1)


def _validate(candidates: list[Candidate], tier: str, rule: Rule, jobs: int) -> Validation:
    rows: list[Check]
    work = [(candidate, tier, rule) for candidate in candidates]
    if min(jobs, len(work)) <= 1:
        rows = [check_image(*item) for item in watched(work, f"images at {tier}", len(work))]
    else:
        with Workers[_Work, Check](min(jobs, len(work)), _checker, ()) as workers:
            rows = list(watched(workers.map(work), f"images at {tier}", len(work)))
    return Validation.of(tier, rule.value, rows)


_Work = tuple[Candidate, str, Rule]


def _checker() -> Callable[[_Work], Check]:
    return _check


def _check(work: _Work) -> Check:
    return check_image(*work)


def _candidates(folder: Path | None) -> list[Candidate]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise TinySimError(f"{folder}: no such folder")
    return [_published(path, entry) for path, entry in find_images(folder)]


def _published(path: Path, entry: Published) -> Candidate:
    return Candidate(
        path=path,
        name=entry.name,
        sha256=entry.sha256,
        benchmark=entry.benchmark,
        mode=entry.mode,
        bank=entry.bank,
        silicon_us=1e6 / entry.inferences_per_s if entry.inferences_per_s else None,
    )


def _given(path: Path, benchmark: str, measured: float, mode: str, bank: str) -> Candidate:
    digest = hashlib.sha256(read_bytes(path, MOST_IMAGE)).hexdigest()
    return Candidate(path, path.name, digest, benchmark, mode, bank, 1e6 / measured)
