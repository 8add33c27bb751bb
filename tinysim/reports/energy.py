"""Estimates of power beside published runs, as a table."""

from rich.table import Table

from ..results.validation import EnergyValidation


def make_energy(validation: EnergyValidation) -> tuple[Table, list[str]]:
    """A row a run, and what the errors come to, those of the runs that chose apart."""
    table = Table(title="Power: estimate against published runs", title_justify="left")
    for heading in (
        "run",
        "supply",
        "MHz",
        "activity",
        "estimate, mW",
        "published",
        "error",
        "use",
    ):
        right = heading in ("MHz", "estimate, mW", "published", "error")
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "run")
    for row in validation.rows:
        table.add_row(
            row.run,
            row.supply,
            f"{row.clock_hz / 1e6:g}",
            row.activity,
            "{:.0f} to {:.0f}".format(*row.bounds_mw)
            if row.estimate_mw is None
            else f"{row.estimate_mw:.2f}",
            f"{row.published_mw:.2f}",
            "-" if row.error is None else f"{row.error:+.1%}",
            row.use,
        )
    return table, _notes(validation)


def _notes(validation: EnergyValidation) -> list[str]:
    notes = []
    for use, words in (("check", "kept for checking"), ("chooses", "that coefficients come from")):
        if errors := [abs(error) for error in validation.errors(use)]:
            notes.append(
                f"{len(errors)} runs {words}: mean {sum(errors) / len(errors):.1%}, "
                f"worst {max(errors):.1%}"
            )
    checked = [row for row in validation.rows if row.use == "check"]
    strangers = [row for row in checked if row.activity == "stand-in"]
    if strangers:
        notes.append(
            f"{len(strangers)} of the {len(checked)} were checked with the activity of another "
            "image of the benchmark, as their own was not found (--images)"
        )
    notes.append(
        "what sleep and another clock take was chosen from the only two runs that show it: nothing "
        "checks it; unknown, it would put the one at 120 MHz "
        f"{validation.asleep_error:.0%} off and the one at 70 MHz {validation.slower_error:.0%}"
    )
    reasons: dict[str, list[str]] = {}
    for row in validation.rows:
        if row.why:
            reasons.setdefault(row.why, []).append(row.run)
    notes += [f"left out, {why}: {'; '.join(names)}" for why, names in reasons.items()]
    for stand_in in validation.stand_ins:
        if stand_in.measured is not None:
            notes.append(
                f"used in its place: {stand_in.image}, {stand_in.bank} bank: "
                f"{stand_in.measured:.2%} of its cycles wait for flash "
                f"(stored: {stand_in.stored:.2%})"
            )
    return [*notes, *validation.problems]
