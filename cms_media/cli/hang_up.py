"""`cms-media hang-up`: the running bridge ends one leg."""

import argparse
from typing import Any

from cms_media.cli import locate


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser("hang-up", help="end one leg of the running bridge")
    parser.add_argument("leg", help="its id, as status --json shows it")
    locate.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Silent when it worked."""
    from cms_media.api.control_client import ask

    ask(locate.data_directory(arguments), "hang_up", leg=arguments.leg)
    return 0
