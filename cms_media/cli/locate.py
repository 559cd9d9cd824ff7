"""Which bridge a command means: by its data directory, or by the configuration that names it."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--data and --config."""
    parser.add_argument("--data", metavar="DIR", type=Path, help="data directory of the running bridge")
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="its configuration (config/cms_media.toml where there is one)",
    )


def data_directory(arguments: argparse.Namespace) -> Path:
    """Raises SettingsError when the configuration is wrong."""
    if arguments.data is not None:
        return Path(arguments.data)
    from cms_media.app.settings import load_settings

    return load_settings(arguments.config).data.path
