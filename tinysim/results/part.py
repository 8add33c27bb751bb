"""What every part of a result is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0, lt=1 << 63)]
"""Of bytes, cycles, instructions, inputs."""
Amount = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A part of a result, which nobody changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
