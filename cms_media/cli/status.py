"""`cms-media status`: calls, legs and worker load of the running bridge."""

import argparse
import json
from typing import Any

from cms_media.cli import locate


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser("status", help="show calls, legs and load of the running bridge")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    locate.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tables, or JSON."""
    from cms_media.api.control_client import ask

    status = ask(locate.data_directory(arguments), "status")
    if arguments.json:
        print(json.dumps(status, indent=2))
        return 0
    from cms_media.cli.tables import show, status_tables

    show(*status_tables(status))
    return 0
