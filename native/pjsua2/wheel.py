"""Packing the two modules into a wheel (the binary distribution format of PEP 427)."""

import base64
import hashlib
import os
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

NAME = "cms_media_pjsua2"


def python_tag() -> str:
    """cp311 or the like: the wheel fits this minor release only."""
    return f"cp{sysconfig.get_config_var('py_version_nodot')}"


def platform_tag() -> str:
    """Of this machine: the wheel is used where it was built."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def write_wheel(folder: Path, version: str, files: Mapping[str, Path]) -> Path:
    """Pack `files` (name in the wheel to file); appears under its name only when it is whole."""
    tag = f"{python_tag()}-{python_tag()}-{platform_tag()}"
    info = f"{NAME}-{version}.dist-info"
    contents = {name: path.read_bytes() for name, path in files.items()}
    contents[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {NAME.replace('_', '-')}\nVersion: {version}\n"
        "Summary: pjproject's pjsua2 without media, for CMS Media\nLicense: GPL-3.0-or-later\n"
    ).encode()
    contents[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: cms\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    )
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in contents.items())
    contents[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    target = folder / f"{NAME}-{version}-{tag}.whl"
    aside = target.with_suffix(".part")
    with zipfile.ZipFile(aside, "w") as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name)  # its date is fixed: the same input gives the same wheel
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    os.replace(aside, target)
    return target


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
