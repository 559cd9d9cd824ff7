"""`cms-media check-config FILE`: says what is wrong with a configuration, by file, line and key."""

import argparse
import sys
from pathlib import Path
from typing import Any

from cms_media.base.errors import SettingsError


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser("check-config", help="say what is wrong with a configuration")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """1: something is wrong, each fault on a line of its own. The environment's overrides are checked as well."""
    from cms_media.app.settings import load_settings

    try:
        settings = load_settings(arguments.file)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    spaces = ", ".join(space.uri for space in settings.space) or "none"
    print(f"{arguments.file}: in order; spaces: {spaces}")
    if guarded := [space.uri for space in settings.space if space.passcode]:
        print(f"The passcode of {', '.join(guarded)} is not asked for yet: whoever dials gets in")
    return 0
