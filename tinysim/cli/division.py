"""What `tinysim check --division` says."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ..submission import Division
from .console import detail, pass_on, say
from .options import chosen

if TYPE_CHECKING:
    from ..divisions import Verdict


def check_division(model: Path, division: Division, benchmark: str, *, as_json: bool) -> None:
    """Check a model file by a division's rules; exit code 1 when it breaks them."""
    from ..divisions import check_closed, check_open, find_reference

    if division is Division.OPEN:
        (found,) = chosen([benchmark])
        check_open(model, found)
        if as_json:
            pass_on(json.dumps({"model": str(model), "division": "open", "passed": True}) + "\n")
        else:
            say(f"{model}: takes {benchmark}'s inputs; the open division allows any such model")
        return
    verdict = check_closed(model, find_reference(benchmark))
    if as_json:
        pass_on(json.dumps(_content(verdict), indent=2) + "\n")
    else:
        _tell(verdict)
    if not verdict.passed:
        raise SystemExit(1)


def _content(verdict: "Verdict") -> dict[str, object]:
    return {
        "model": str(verdict.model),
        "division": "closed",
        "passed": verdict.passed,
        "reference": verdict.reference.path.name,
        "layers": verdict.layers,
        "weights": verdict.weights,
        "nearest": verdict.nearest,
        "deviations": [asdict(deviation) for deviation in verdict.deviations],
    }


def _tell(verdict: "Verdict") -> None:
    reference = verdict.reference.note
    if verdict.passed:
        say(f"{verdict.model}: is the reference model ({reference})")
        say(
            f"{verdict.layers} layers and {verdict.weights} weights are the same; the farthest "
            f"weight is {verdict.nearest:.6f} of the way to its bound"
        )
        return
    say(f"{verdict.model}: is not the reference model ({reference})")
    for deviation in verdict.deviations:
        where = f"{deviation.layer}: " if deviation.layer else ""
        bound = (
            f": {deviation.largest:.6g} apart, its quantization allows {deviation.allowed:.6g}; "
            f"{deviation.count} are too far off"
            if deviation.count
            else ""
        )
        detail(f"{where}{deviation.what}{bound}")
