"""The command line: a verb a file."""

import sys

from ..errors import FaultError, TinySimError


def main() -> None:
    """Run the command line; errors are one line and exit code 2."""
    import typer

    from . import (
        baseline,
        build,
        check,
        compare,
        compare_engines,
        compare_models,
        doctor,
        official,
        ports,
        profile,
        report,
        run,
        schema,
        serve,
        submit,
        validate,
    )

    app = typer.Typer(
        help="MLPerf Tiny without the board.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command("run")(run.run)
    app.command("profile")(profile.profile)
    app.command("report")(report.report)
    app.add_typer(baseline.app, name="baseline")
    app.command("validate")(validate.validate)
    app.command("compare")(compare.compare)
    app.command("compare-engines")(compare_engines.compare_engines)
    app.command("compare-models")(compare_models.compare_models)
    app.command("ports")(ports.ports)
    app.command("serve")(serve.serve)
    app.command("official-runner")(official.official_runner)
    app.command("submit")(submit.submit)
    app.command("check")(check.check)
    app.command("build")(build.build)
    app.command("doctor")(doctor.doctor)
    app.command("schema")(schema.schema)
    try:
        app()
    except TinySimError as error:
        sys.stderr.write(f"tinysim: {error}\n")
        if isinstance(error, FaultError):
            sys.stderr.writelines(f"  {line}\n" for line in error.details)
        sys.exit(2)
    except OSError as error:
        sys.stderr.write(f"tinysim: {error.filename or 'system'}: {error.strerror or error}\n")
        sys.exit(2)
    except KeyboardInterrupt as interruption:
        notes = "".join(f"; {note}" for note in getattr(interruption, "__notes__", ()))
        sys.stderr.write(f"tinysim: interrupted{notes}\n")
        sys.exit(130)
