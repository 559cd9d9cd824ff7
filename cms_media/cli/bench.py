"""`cms-media bench legs|audio|setup`: what a core of this machine carries, measured on the real bridge."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cms_media.bench.plan import Plan
    from cms_media.bench.report import BenchReport

MOST_LEGS = 1000


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command and its own."""
    parser = subparsers.add_parser("bench", help="measure how many legs a core of this machine carries")
    kinds = parser.add_subparsers(required=True, metavar="WHAT")

    legs = kinds.add_parser("legs", help="legs with pictures, each picture checked")
    legs.add_argument("--scenario", choices=["gallery", "shared", "speaker"], default="gallery")
    legs.add_argument("--legs", type=int, default=4, help="endpoints in one call (4)")
    legs.add_argument("--source", choices=["720p", "360p"], default="720p", help="what they send (720p)")
    legs.add_argument(
        "--ask-for-less", action="store_true", help="let the bridge ask for less of who is shown small"
    )
    legs.set_defaults(run=run_legs)

    audio = kinds.add_parser("audio", help="legs without pictures, listened to for gaps")
    audio.add_argument("--scenario", choices=["pcmu", "opus", "opus-listeners"], default="pcmu")
    audio.add_argument("--legs", type=int, default=100, help="endpoints (100)")
    audio.add_argument("--per-call", type=int, default=0, help="so many of them in one call (0: all)")
    audio.set_defaults(run=run_audio)

    setup = kinds.add_parser("setup", help="calls that are set up, heard and ended, again and again")
    setup.add_argument("--legs", type=int, default=20, help="calls at a time (20)")
    setup.set_defaults(run=run_setup)

    for each in (legs, audio, setup):
        each.add_argument("--seconds", type=float, default=10.0, help="measured time (10)")
        each.add_argument(
            "--cores",
            type=int,
            default=0,
            help="cores for the bridge alone, the endpoints get the others (0: all)",
        )
        each.add_argument("--json", action="store_true", help="print the figures as JSON")
    for each in (legs, audio):
        each.add_argument("--films", type=Path, help="folder that keeps the endpoints' films (~/.cache)")


def run_legs(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the run is void."""
    from cms_media.bench.plan import Scenario, leg_plan

    _check(arguments)
    scenario, asked = Scenario(arguments.scenario), arguments.ask_for_less
    plan = leg_plan(scenario, arguments.legs, arguments.source, arguments.seconds, asked)
    return _run(replace(plan, cores=arguments.cores), arguments)


def run_audio(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the run is void."""
    from cms_media.base.errors import RequestError
    from cms_media.bench.plan import Scenario, audio_plan

    _check(arguments)
    if arguments.per_call != 0 and not 2 <= arguments.per_call <= arguments.legs:
        raise RequestError(
            "invalidValue", f"--per-call {arguments.per_call}: expected 0, or 2 to {arguments.legs} legs"
        )
    plan = audio_plan(Scenario(arguments.scenario), arguments.legs, arguments.seconds, arguments.per_call)
    return _run(replace(plan, cores=arguments.cores), arguments)


def run_setup(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the run is void."""
    from cms_media.bench.plan import setup_plan
    from cms_media.bench.processes import end_on_sigterm
    from cms_media.bench.setup_run import run_setup as run
    from cms_media.cli.tables import bench_table, progress, show

    _check(arguments)
    end_on_sigterm()
    with progress() as tell:
        report = run(replace(setup_plan(arguments.legs, arguments.seconds), cores=arguments.cores), tell)
    if arguments.json:
        print(json.dumps(report.to_json()))
    else:
        show(bench_table(report.to_json()))
    return 1 if report.headline.void else 0


def _check(arguments: argparse.Namespace) -> None:
    from cms_media.base.errors import RequestError

    if not 2 <= arguments.legs <= MOST_LEGS:
        raise RequestError("invalidValue", f"--legs {arguments.legs}: expected 2 to {MOST_LEGS}")
    if not 2 <= arguments.seconds <= 3600:
        raise RequestError("invalidValue", f"--seconds {arguments.seconds}: expected 2 to 3600")


def _run(plan: "Plan", arguments: argparse.Namespace) -> int:
    from cms_media.bench.film import default_folder
    from cms_media.bench.processes import end_on_sigterm
    from cms_media.bench.run import run
    from cms_media.cli.tables import progress

    end_on_sigterm()
    with progress() as tell:
        report = run(plan, arguments.films or default_folder(), tell)
    if arguments.json:
        print(json.dumps(report.to_json()))
    else:
        _show(report)
    return 1 if report.headline.void else 0


def _show(report: "BenchReport") -> None:
    from cms_media.cli.tables import bench_table, show

    show(bench_table(report.to_json()))
    if not report.headline.void:
        print(f"To configure on this machine: a load limit of {report.load_limit} units")
