"""`cms-media`: finds the sub-command and turns our own errors into one line and an exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from cms_media.app.version import version
from cms_media.base.errors import CmsMediaError

COMMANDS = ("serve", "status", "call", "hang_up", "space", "check_config", "dial", "bench")
"""Modules of this package."""


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 done, 1 refused or failed, 2 wrong usage (argparse's)."""
    arguments = build_parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except CmsMediaError as error:
        print(f"cms-media: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has enough; close it so that the interpreter does not complain at exit.
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return 130


def build_parser() -> argparse.ArgumentParser:
    """The parser with all sub-commands."""
    parser = argparse.ArgumentParser(
        prog="cms-media", description="A conferencing bridge: SIP endpoints hear and see each other."
    )
    parser.add_argument("--version", action="version", version=f"cms-media {version()}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"cms_media.cli.{name}").add_parser(subparsers)
    return parser
