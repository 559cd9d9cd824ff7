"""`cms-media space add|list|remove`: the spaces of the running bridge."""

import argparse
import json
from typing import Any

from cms_media.cli import locate


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command and its own."""
    parser = subparsers.add_parser("space", help="add, list or remove spaces of the running bridge")
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    add = actions.add_parser("add", help="add a space; it stays over a restart")
    add.add_argument("uri", help="user part that people dial, as in demo")
    add.add_argument("--name", help="shown to people (the uri)")
    add.add_argument("--call-id", default="", metavar="DIGITS", help="digits that may be dialled instead")
    add.add_argument("--passcode", default="", metavar="DIGITS", help="kept, but not asked for yet")
    add.add_argument("--layout", default="", help="allEqual, allEqualNinths, speakerOnly, ... (allEqual)")
    add.add_argument(
        "--self-pane", default="", help="what people see of themselves: skip, self or blank (skip)"
    )
    add.set_defaults(run=run_add)

    listing = actions.add_parser("list", help="list all spaces")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=run_list)

    remove = actions.add_parser("remove", help="remove a space; a call in it goes on")
    remove.add_argument("uri", help="user part that people dial")
    remove.set_defaults(run=run_remove)

    for each in (add, listing, remove):
        locate.add_arguments(each)


def run_add(arguments: argparse.Namespace) -> int:
    """Silent when it worked."""
    from cms_media.api.control_client import ask

    ask(
        locate.data_directory(arguments),
        "space_add",
        name=arguments.name or arguments.uri,
        uri=arguments.uri,
        call_id=arguments.call_id,
        passcode=arguments.passcode,
        layout=arguments.layout,
        self_pane=arguments.self_pane,
    )
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """A table, or JSON."""
    from cms_media.api.control_client import ask

    result = ask(locate.data_directory(arguments), "space_list")
    if arguments.json:
        print(json.dumps(result, indent=2))
        return 0
    from cms_media.cli.tables import show, spaces_table

    show(spaces_table(result))
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Silent when it worked."""
    from cms_media.api.control_client import ask

    ask(locate.data_directory(arguments), "space_remove", uri=arguments.uri)
    return 0
