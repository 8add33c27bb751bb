"""`tinysim submit`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ..errors import TinySimError
from ..results import load_results
from ..submission import Division, Rules, Runner, Submission, check_tree, write_tree
from ..submission.system import load_system
from .console import say


def submit(
    tree: Annotated[Path, typer.Argument(help="folder of the tree")],
    results: Annotated[
        list[Path] | None, typer.Option(help="stored results, performance and accuracy")
    ] = None,
    org: Annotated[str | None, typer.Option(help="the submitting organization")] = None,
    division: Annotated[Division, typer.Option(help="closed or open")] = Division.CLOSED,
    system: Annotated[Path | None, typer.Option(help="the system's description, JSON")] = None,
    models: Annotated[
        list[Path] | None,
        typer.Option("--model", help="closed: a model that was run, to compare with the official"),
    ] = None,
    runner: Annotated[Runner, typer.Option(help="whose format is written")] = Runner.PYTHON,
    check: Annotated[
        bool,
        typer.Option("--check", help="write nothing; print what the official checker would say"),
    ] = False,
    rules: Annotated[Rules, typer.Option(help="the round that is checked for")] = Rules.V1_4,
) -> None:
    """Write the results tree of a submission, or check one; exit code 1 when it is not valid."""
    if not check:
        if not results or org is None or system is None:
            raise TinySimError("submit: --results, --org and --system are needed")
        written = write_tree(
            Submission(
                organization=org,
                division=division,
                system_id=system.stem,
                system=load_system(system),
                results=tuple(result for path in results for result in load_results(path)),
                runner=runner,
                models=tuple(models or ()),
            ),
            tree,
            datetime.now(),
        )
        for path in written:
            say(str(path))
    if not tree.is_dir():
        raise TinySimError(f"{tree}: no such folder")
    findings = check_tree(tree, rules)
    for finding in findings:
        kind = "ERROR" if finding.fatal else "WARNING"
        say(f"{kind}: {finding.where}: {finding.text}")
    valid = not any(finding.fatal for finding in findings)
    say(f"SUMMARY: submission {'looks OK' if valid else 'has errors'}")
    if not valid:
        raise SystemExit(1)
