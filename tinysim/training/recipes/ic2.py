"""Image classification, the large form: ResNet-8 with 40 filters in its first block."""

from dataclasses import replace

from ..recipe import Model
from .ic import RECIPE as SMALL
from .ic import resnet


def _build() -> Model:
    return resnet(40)


RECIPE = replace(
    SMALL, name="ic2", title="ResNet-8, large, on CIFAR-10", build=_build, shares=SMALL.name
)
