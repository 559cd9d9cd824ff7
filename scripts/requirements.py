"""Prints what pip shall install before the package itself: build requirements, dependencies, asked-for extras."""

import sys
import tomllib
from pathlib import Path


def main() -> None:
    """`requirements.py [dev]` with the extras as they stand in pip's brackets."""
    document = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    wanted = [*document["build-system"]["requires"], *document["project"]["dependencies"]]
    for argument in sys.argv[1:]:
        for extra in argument.strip("[]").split(","):
            wanted += document["project"]["optional-dependencies"][extra]
    print("\n".join(wanted))


if __name__ == "__main__":
    main()
