"""Performance mode: how long an inference takes."""

import time
from dataclasses import replace

from ..errors import ProtocolError
from ..results import InputResult, Result, WindowResult
from .booted import boot
from .profile import profile_inference
from .setup import Progress, Setup
from .summary import make_result, window_result

INPUTS = 5
"""The official runner takes the first five inputs; the score is the median of five windows."""

_QUICK_INFERENCES, _QUICK_WARMUPS = 3, 1
_OFFICIAL_WARMUPS = 1
_ATTEMPTS = 4
"""At a window of 10 s; the second is long enough on a board whose clock goes."""
OFFICIAL_US = 10_000_000
OFFICIAL_INFERENCES = 10


def run_performance(setup: Setup, progress: Progress | None = None) -> Result:
    """Time windows over the first inputs of the data set.

    Quick: 3 inferences a window after 1 to warm up. With `setup.official` the windows meet the
    rule: at least 10 s and 10 inferences each, in the board's time.

    Raises:
        TinySimError: see `boot` and `protocol.Dut`.

    """
    started = time.perf_counter()
    setup = replace(setup, dataset=setup.dataset.first(INPUTS))
    with boot(setup) as booted:
        samples = setup.dataset.samples
        windows: list[WindowResult] = []
        outputs: list[InputResult] = []
        for number, sample in enumerate(samples):
            booted.dut.load(sample.inputs[0])
            inferences, warmups = _QUICK_INFERENCES, _QUICK_WARMUPS
            if setup.official:
                probe = booted.infer(1, 1)
                inferences = max(OFFICIAL_INFERENCES, -(-OFFICIAL_US // probe.elapsed_us))
                warmups = _OFFICIAL_WARMUPS
            window = booted.infer(inferences, warmups)
            for _ in range(_ATTEMPTS):
                if not setup.official or window.elapsed_us >= OFFICIAL_US:
                    break
                # The probe's time holds the printing of a line: some inferences more are needed.
                inferences = -(-inferences * (OFFICIAL_US + 50_000) // window.elapsed_us)
                window = booted.infer(inferences, warmups)
            else:
                raise ProtocolError(
                    f"{inferences} inferences took {window.elapsed_us} us, and more of them take "
                    "no longer: this clock is none"
                )
            windows.append(window_result(sample.file, window))
            outputs.append(
                InputResult(file=sample.file, label=sample.label, results=(window.results,))
            )
            if progress:
                progress(number + 1, len(samples))
        profile = profile_inference(setup, booted)
        return make_result(
            setup,
            booted,
            "performance",
            windows=windows,
            outputs=outputs,
            profile=profile,
            official_rule=setup.official and len(windows) == INPUTS,
            wall_s=time.perf_counter() - started,
        )
