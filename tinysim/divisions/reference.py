"""The official models that a submission is held against."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import AssetError, TinySimError
from ..models.locate import assets_folder, cache_folder


@dataclass(frozen=True)
class Official:
    """An official model's files by their names in the official repository, with their sha256."""

    whole: tuple[str, str]
    real: tuple[str, str] | None = None
    """With float weights, which the rules are about; None where no such file is published as
    TFLite.
    """


REFERENCES = {
    "kws": Official(
        (
            "kws_ref_model.tflite",
            "aeea436800704fce17b17292e4412630ad856e9d777c044c64ef748a880bd0ae",
        )
    ),
    "vww": Official(
        ("vww_96_int8.tflite", "597a384c8c2c8a1276f04702f25013b7838f2f814f1ca7c174d295b73e3d6b7b"),
        ("vww_96_float.tflite", "115bbc094d2119561320a21f01b6500a18bea8cc8589282ab007097bec8af38c"),
    ),
    "ic": Official(
        (
            "pretrainedResnet_quant.tflite",
            "3c002613d1b2475eb51dd78dfb85a546c8ae658dee71cf6ade43b022fe205415",
        ),
        (
            "pretrainedResnet.tflite",
            "b5c0046d6e0328b4956afd6baa29555a29b1f1c65bdd45aaed75b7cd484d9f79",
        ),
    ),
    "ic2": Official(
        (
            "pretrainedResnet_large_int8.tflite",
            "dc27dcd823f5665533352f7da516b0c9bc6f089914b8283782e55961b3423fcf",
        ),
        (
            "pretrainedResnet_large_float.tflite",
            "fb17ae9c1b6d0e5bd97f0f35024f207556261d7310b249716c87cc0628214b0e",
        ),
    ),
    "ad": Official(
        ("ad01_int8.tflite", "87cf24194ef93d1d9b11a591d805526b98008e351655d29883c825c9c106ba24"),
        ("ad01_fp32.tflite", "c66636f4d7f8af8b10518e7be750a22c9d8d46ec97326b40b0d94c097e0aad9b"),
    ),
    "sww": Official(
        (
            "str_ww_ref_model.tflite",
            "3af8550895ba7d5c584277102b5075c52dcfa63ba9d2b2240f37c4e6abd5dd2b",
        )
    ),
}
"""By benchmark. The float weights of kws and sww are published in Keras's formats only."""


@dataclass(frozen=True)
class Reference:
    """The file that a model is held against."""

    benchmark: str
    path: Path
    is_float: bool
    int8: Path | None = None
    """The official int8 file, where it is at hand."""

    @property
    def note(self) -> str:
        """What it is, for a reader."""
        if self.is_float:
            return f"{self.path.name}, the official float weights"
        return f"{self.path.name}, the official int8 weights, each known to half a step"


def find_reference(benchmark: str) -> Reference:
    """An official model from `$TINYSIM_ASSETS/models` or the user's cache: the one with float
    weights where it is there, the int8 one otherwise.

    Raises:
        AssetError: neither is there, or what is there is something else.
        TinySimError: there is no such benchmark.

    """
    if benchmark not in REFERENCES:
        raise TinySimError(f"no benchmark '{benchmark}'; there are: {', '.join(REFERENCES)}")
    official = REFERENCES[benchmark]
    int8 = _find(official.whole)
    if official.real and (real := _find(official.real)):
        return Reference(benchmark, real, is_float=True, int8=int8)
    if int8:
        return Reference(benchmark, int8, is_float=False, int8=int8)
    raise AssetError(
        f"{official.whole[0]}: needed to compare with, and not in $TINYSIM_ASSETS/models or the "
        "cache"
    )


def _find(wanted: tuple[str, str]) -> Path | None:
    name, sha256 = wanted
    for root in (assets_folder(), cache_folder()):
        if root and (path := root / "models" / name).is_file():
            if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                raise AssetError(f"{path}: not the official file of that name")
            return path
    return None
