"""What a board draws from its supply."""

from typing import Literal

from .part import Amount, Count, Part


class EnergyError(Part):
    """How far estimates with a stated supply are off published energy runs, as fractions."""

    worst: Amount
    mean: Amount
    runs: Count
    validated: bool = True
    """False: nothing published resembles this, and why is among the notes."""


class PowerActivity(Part):
    """What an estimate of power rests on: shares of all cycles, and events a cycle."""

    clock_hz: Count
    voltage_range: str
    asleep: Amount
    flash_waits: Amount
    flash_reads: Amount
    sram_accesses: Amount


class Energy(Part):
    """An estimate of the supply's mean power, and of the energy that an inference takes.

    Without a stated supply there are only bounds: the least and the most with a supply of an
    LPM01A and either regulator. With one they are as far away as the worst published run was.
    """

    supply_v: Amount | None = None
    regulator: Literal["ldo", "smps"] | None = None
    power_mw: Amount | None = None
    current_ma: Amount | None = None
    """Of the supply."""
    per_inference_uj: Amount | None = None
    """None for what is no inference, too."""
    power_range_mw: tuple[Amount, Amount]
    per_inference_range_uj: tuple[Amount, Amount] | None = None
    error: EnergyError
    activity: PowerActivity
    notes: tuple[str, ...] = ()
    source: str
