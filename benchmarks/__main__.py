"""Runs the benchmarks one after the other: `python -m benchmarks [NAME ...]`."""

import importlib
import pkgutil
import sys

import benchmarks

_NOT_BENCHMARKS = {
    "__main__",
    "contents",
    "moving_picture",
    "outcome",
    "page",
    "peers",
    "picture_quality",
    "plot",
    "rows",
}


def main() -> None:
    """Each module here but the helpers has a main() that prints one JSON object."""
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    wanted = sys.argv[1:] or [name for name in names if name not in _NOT_BENCHMARKS]
    sys.argv[1:] = []
    for name in wanted:
        print(f"== {name}", file=sys.stderr)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
