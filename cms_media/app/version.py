"""Which version this is."""

from importlib import metadata


def version() -> str:
    """As installed; `unknown` when run from a tree that is not installed."""
    try:
        return metadata.version("cms-media")
    except metadata.PackageNotFoundError:
        return "unknown"
