"""`cms-media call`: the running bridge calls a SIP URI into a space."""

import argparse
from typing import Any

from cms_media.cli import locate


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser("call", help="have the running bridge call somebody into a space")
    parser.add_argument("uri", help="whom to call, as in sip:bob@example.net")
    parser.add_argument(
        "--space", required=True, metavar="URI", help="user part of the space's URI, as in demo"
    )
    parser.add_argument(
        "--header", action="append", default=[], metavar="'X-NAME: VALUE'", help="in the INVITE; repeatable"
    )
    locate.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the new leg's id."""
    from cms_media.api.control_client import ask

    directory = locate.data_directory(arguments)
    headers = "\n".join(arguments.header)
    print(ask(directory, "call", space=arguments.space, uri=arguments.uri, headers=headers)["leg"])
    return 0
