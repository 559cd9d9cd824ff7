"""Where pjproject comes from: upstream's tag by git, or the copy inside Debian's source package `asterisk`.

Both are verified: the tag by its commit, Debian's by apt's signatures and, for the release that we know, by its hash.
"""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path

from steps import BuildError, Steps

RELEASE = "2.17"
COMMIT = "5a457451fa2712ba18e12b01738e8ff3af2b26fd"
DEBIAN_SHA256 = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"

_UPSTREAM = "https://github.com/pjsip/pjproject"
_REACHABLE_WITHIN_S = 8.0
_DEBIAN_MIRROR = "http://deb.debian.org/debian"
_DEBIAN_SUITE = "forky"
_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)
_GIT_ENV = {"GIT_TERMINAL_PROMPT": "0", "GIT_HTTP_LOW_SPEED_LIMIT": "1000", "GIT_HTTP_LOW_SPEED_TIME": "20"}


def unpack_pjproject(steps: Steps, downloads: Path, target: Path) -> None:
    """Leave pjproject's tree in `target`; what was downloaded stays in `downloads` for the next build."""
    tarball = downloads / f"pjproject-{DEBIAN_SHA256[:16]}.tar.xz"
    if tarball.exists() and _sha256(tarball) == DEBIAN_SHA256:
        _unpack(tarball, target)
        return
    try:
        with steps.step(f"fetching pjproject {RELEASE} from upstream"):
            _clone(steps, target)
    except BuildError as error:
        steps.say(f"upstream does not serve it ({str(error).splitlines()[0]}); taking Debian's copy")
        _unpack(_from_debian(steps, downloads, tarball), target)


def _clone(steps: Steps, target: Path) -> None:
    parent = target.parent
    shutil.rmtree(target, ignore_errors=True)
    # asks only whether the host answers: a clone has no time-out of its own for that
    steps.run(["git", "ls-remote", "--tags", _UPSTREAM, RELEASE], parent, _REACHABLE_WITHIN_S, _GIT_ENV)
    steps.run(
        [
            "git",
            "-c",
            "advice.detachedHead=false",
            "clone",
            "-q",
            "--depth",
            "1",
            "--branch",
            RELEASE,
            _UPSTREAM,
            str(target),
        ],
        parent,
        300.0,
        _GIT_ENV,
    )
    head = (target / ".git" / "HEAD").read_text().strip()
    if head != COMMIT:
        shutil.rmtree(target)
        raise BuildError(f"tag {RELEASE} is {head}, not {COMMIT}")


def _from_debian(steps: Steps, downloads: Path, tarball: Path) -> Path:
    """The component tarball of Debian's package; signed, or else exactly the one we know."""
    keyring = next((path for path in _KEYRINGS if Path(path).exists()), None)
    if keyring is not None:
        try:
            return _apt_source(steps, downloads, tarball, f"Signed-By: {keyring}")
        except BuildError as error:
            steps.say(f"no copy with a valid signature ({str(error).splitlines()[0]}); going by its hash")
    found = _apt_source(steps, downloads, tarball, "Trusted: yes")
    if _sha256(found) != DEBIAN_SHA256:
        found.unlink()
        raise BuildError(
            f"Debian's pjproject is not {RELEASE} and cannot be verified: install debian-archive-keyring"
        )
    return found


def _apt_source(steps: Steps, downloads: Path, tarball: Path, trust: str) -> Path:
    """Download the source package with lists, cache and sources of our own: the system's apt is not touched."""
    apt = downloads / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("sources", "lists/partial", "cache/archives/partial", "package"):
        (apt / folder).mkdir(parents=True)
    source = f"Types: deb-src\nURIs: {_DEBIAN_MIRROR}\nSuites: {_DEBIAN_SUITE}\nComponents: main\n{trust}\n"
    (apt / "sources" / "debian.sources").write_text(source)
    options = _apt_options(apt)
    with steps.step("fetching Debian's list of source packages"):
        steps.run(["apt-get", *options, "update"], apt, 600.0)
    with steps.step("fetching the source package that carries pjproject"):
        steps.run(["apt-get", *options, "source", "--download-only", "asterisk"], apt / "package", 600.0)
    found = next((apt / "package").glob("*.orig-Xpjproject.tar.*"), None)
    if found is None:
        raise BuildError("Debian's asterisk no longer carries pjproject")
    if _sha256(found) != DEBIAN_SHA256:
        tarball = downloads / found.name
    os.replace(found, tarball)
    shutil.rmtree(apt)
    return tarball


def _apt_options(apt: Path) -> list[str]:
    settings = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": str(apt / "sources"),
        "Dir::State::Lists": str(apt / "lists"),
        "Dir::Cache": str(apt / "cache"),
        "Acquire::Retries": "3",
        "Acquire::Check-Valid-Until": "false",  # mirrors may be snapshots; our own hash decides what is built
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",  # apt's own user cannot write below a home directory
        "Debug::NoLocking": "true",  # the lock of the system's lists is not ours to take
        "APT::Update::Error-Mode": "any",  # else a list that is not signed is only a warning
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _unpack(tarball: Path, target: Path) -> None:
    """The tarball's one top folder becomes `target`."""
    shutil.rmtree(target, ignore_errors=True)
    aside = target.with_suffix(".unpacking")
    shutil.rmtree(aside, ignore_errors=True)
    with tarfile.open(tarball) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(aside, filter="data")
        else:
            archive.extractall(aside)
    (top,) = aside.iterdir()
    top.rename(target)
    aside.rmdir()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
