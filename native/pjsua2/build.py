"""Build the media-less pjsua2 wheel, or find it in the cache: `python native/pjsua2/build.py --print-wheel`.

Prints the wheel's path on stdout and its progress on stderr. Needs a C++ compiler, make, SWIG, the headers of
OpenSSL and of Python, and git or apt for the sources. Standard library only: it runs before anything is installed.

The cache is ${XDG_CACHE_HOME:-~/.cache}/cms_media/pjsua2/<key>; the key is a hash of all that goes into the wheel,
so a wheel is built once per state of our sources, of pjproject, of OpenSSL and of Python.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import compilation
import source
import wheel
from steps import BuildError, Steps

HERE = Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Build the media-less pjsua2 wheel, or find it in the cache."
    )
    parser.add_argument(
        "--print-wheel", action="store_true", help="print the wheel's path (the default action)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the build tree")
    arguments = parser.parse_args()
    try:
        print(cached_wheel(keep=arguments.keep))
    except BuildError as error:
        print(f"pjsua2: {error}", file=sys.stderr)
        return 1
    return 0


def cached_wheel(*, keep: bool = False) -> Path:
    """The wheel for this Python, machine and state of the sources; built when it is not there yet."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cms_media" / "pjsua2"
    key = cache_key()
    folder = root / key
    found = _finished(folder)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(root / "lock"):
        return _finished(folder) or _build(folder, root / "downloads", key, keep=keep)


def cache_key() -> str:
    """Of everything that can change the wheel."""
    digest = hashlib.sha256()
    ours = [*HERE.glob("*.py"), HERE / "config_site.h", *(HERE / "src").iterdir()]
    for file in sorted(ours):
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    parts = (
        source.COMMIT,
        source.DEBIAN_SHA256,
        wheel.python_tag(),
        platform.machine(),
        compilation.openssl_version(),
    )
    digest.update(" ".join(parts).encode())
    return digest.hexdigest()[:20]


def _finished(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*.whl"))), None)


def _build(folder: Path, downloads: Path, key: str, *, keep: bool) -> Path:
    steps = Steps(folder / "build.log")
    downloads.mkdir(parents=True, exist_ok=True)
    tree = folder / "pjproject"
    source.unpack_pjproject(steps, downloads, tree)
    release = _release_of(tree)
    steps.say(f"pjproject {release}, OpenSSL {compilation.openssl_version()}")
    python_file, module = compilation.build_extension(steps, tree, folder / "out")
    files = {python_file.name: python_file, module.name: module}
    if cache_key() != key:
        raise BuildError("our sources changed during the build: start it again")
    built = wheel.write_wheel(folder, f"{release}+{key[:12]}", files)
    if not keep:
        shutil.rmtree(tree)
        shutil.rmtree(folder / "out")
    steps.say(f"done: {built.name}")
    return built


def _release_of(tree: Path) -> str:
    text = (tree / "version.mak").read_text()
    found = [re.search(rf"PJ_VERSION_{part}\s*:?=\s*(\d+)", text) for part in ("MAJOR", "MINOR")]
    return ".".join(match.group(1) for match in found if match) or "0"


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two builds at once would share the downloads: the second waits, then finds the wheel."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
