"""`cms-media serve`: the bridge, until it is told to stop."""

import argparse
import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cms_media.app.settings import Settings


def add_parser(subparsers: Any) -> None:
    """Registers the sub-command."""
    parser = subparsers.add_parser("serve", help="run the bridge")
    parser.add_argument(
        "--config", metavar="FILE", type=Path, help="configuration (config/cms_media.toml if there)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns when the bridge was stopped by SIGTERM or SIGINT. Raises SettingsError, ResourceError."""
    from cms_media.app.settings import load_settings
    from cms_media.base import log

    settings = load_settings(arguments.config)
    log.set_up(settings.log)
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: "Settings") -> None:
    from cms_media.app.application import Application
    from cms_media.app.welcome import welcome
    from cms_media.cli.tables import show

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    application = Application(settings)
    await application.start()
    try:
        show(welcome(settings, application.spaces))
        await stop.wait()
    finally:
        await application.stop()
