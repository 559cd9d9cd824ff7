"""From pjproject's tree and our C files to the extension module: configure, make, SWIG, compile, link."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from steps import BuildError, Steps

HERE = Path(__file__).resolve().parent
OUR_SOURCES = HERE / "src"

_DISABLED = [
    "libuuid",
    "sound",
    "video",
    "resample",
    "speex-aec",
    "g711-codec",
    "l16-codec",
    "gsm-codec",
    "g722-codec",
    "g7221-codec",
    "speex-codec",
    "ilbc-codec",
    "sdl",
    "ffmpeg",
    "v4l2",
    "openh264",
    "vpx",
    "opencore-amr",
    "silk",
    "opus",
    "bcg729",
    "lyra",
    "libsrtp",
    "libyuv",
    "libwebrtc",
    "libwebrtc-aec3",
    "upnp",
]
# NDEBUG: pj_assert aborts the process on what a peer sent, its release form returns an error
_CFLAGS = "-O2 -fPIC -DNDEBUG -w"
# calls inside pjproject that our files see first: epoll_fd.c, malformed.c
_WRAPPED = ("-Wl,--wrap=epoll_create1", "-Wl,--wrap=pjsip_tpmgr_receive_packet")
_LIB_FOLDERS = ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip")
_ARCHIVES = (
    ("pjsip", "pjsua2"),
    ("pjsip", "pjsua"),
    ("pjsip", "pjsip-ua"),
    ("pjsip", "pjsip-simple"),
    ("pjsip", "pjsip"),
    ("pjmedia", "pjmedia"),
    ("pjmedia", "pjsdp"),
    ("pjnath", "pjnath"),
    ("pjlib-util", "pjlib-util"),
    ("pjlib", "pj"),
)


def build_extension(steps: Steps, tree: Path, out: Path) -> tuple[Path, Path]:
    """Build in `tree`, write into `out`; returns the paths of pjsua2.py and of the shared object."""
    with steps.step("configuring"):
        _configure(steps, tree)
    jobs = os.cpu_count() or 1
    out.mkdir(parents=True, exist_ok=True)
    with steps.step("compiling pjproject and its Python binding"), ThreadPoolExecutor(2) as pool:
        binding = pool.submit(_compile_binding, steps, tree, out)
        for folder in _LIB_FOLDERS:
            steps.run(["make", f"-j{max(1, jobs - 1)}", "-C", f"{folder}/build", "lib"], tree)
        objects = [binding.result(), *_compile_ours(steps, tree, out)]
    with steps.step("linking"):
        module = _link(steps, tree, out, objects)
    return out / "pjsua2.py", module


def static_openssl() -> tuple[Path, Path] | None:
    """libssl.a and libcrypto.a, when the development package has them."""
    paths = []
    for name in ("libssl.a", "libcrypto.a"):
        printed = subprocess.run(
            ["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=False
        )
        path = Path(printed.stdout.strip())
        if not path.is_absolute():
            return None
        paths.append(path)
    return paths[0], paths[1]


def openssl_version() -> str:
    """As the headers say; BuildError when there are none."""
    for folder in (Path("/usr/include"), Path("/usr/local/include")):
        header = folder / "openssl" / "opensslv.h"
        if header.exists():
            found = re.search(r'OPENSSL_VERSION_STR\s+"([^"]+)"', header.read_text())
            return found.group(1) if found else "unknown"
    raise BuildError("OpenSSL's headers are missing: install libssl-dev")


def _configure(steps: Steps, tree: Path) -> None:
    (tree / "pjlib/include/pj/config_site.h").write_bytes((HERE / "config_site.h").read_bytes())
    (
        tree / "pjmedia/src/pjmedia-audiodev/bdimad_dev.c"
    ).touch()  # Debian's copy lacks it, the Makefile wants it
    switches = [f"--disable-{name}" for name in _DISABLED]
    steps.run(
        ["sh", "./aconfigure", f"CFLAGS={_CFLAGS}", f"CXXFLAGS={_CFLAGS}", "--enable-epoll", *switches],
        tree,
    )


def _include_flags(tree: Path) -> list[str]:
    folders = [tree / name / "include" for name in ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip")]
    return [f"-I{folder}" for folder in [OUR_SOURCES, *folders]]


def _configured(tree: Path, variable: str) -> str:
    """What pjproject's configure chose for this machine."""
    asked = subprocess.run(
        ["make", "-s", "-f", "-", "ask"],
        cwd=tree,
        input=f"include build.mak\nask:\n\t@echo $({variable})\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        raise BuildError(f"build.mak does not say {variable}")
    return asked.stdout.strip()


def _target_flags(tree: Path) -> list[str]:
    """Macros that all of pjproject's headers need."""
    return [word for word in _configured(tree, "APP_CFLAGS").split() if word.startswith("-D")]


def _compile_binding(steps: Steps, tree: Path, out: Path) -> Path:
    """SWIG's wrapper: by far the biggest file, hence -O1. No -threads: see API.md."""
    wrapper = out / "pjsua2_wrap.cpp"
    swig_folder = tree / "pjsip-apps/src/swig"
    steps.run(
        [
            "swig",
            "-c++",
            "-python",
            "-w312,401,503,509",
            f"-I{swig_folder}",
            *_include_flags(tree),
            "-o",
            str(wrapper),
            str(OUR_SOURCES / "binding.i"),
        ],
        out,
    )
    flags = ["-O1", "-fPIC", "-DNDEBUG", "-w", f"-I{sysconfig.get_path('include')}"]
    return _compile(steps, "g++", wrapper, out, [*flags, *_target_flags(tree), *_include_flags(tree)])


def _compile_ours(steps: Steps, tree: Path, out: Path) -> list[Path]:
    system = [
        flag.replace("-I", "-isystem", 1) if str(tree) in flag else flag for flag in _include_flags(tree)
    ]
    flags = ["-O2", "-fPIC", "-DNDEBUG", "-Wall", "-Wextra", *_target_flags(tree), *system]
    objects = [
        _compile(steps, "gcc", file, out, ["-std=gnu11", *flags]) for file in sorted(OUR_SOURCES.glob("*.c"))
    ]
    cpp = sorted(OUR_SOURCES.glob("*.cpp"))
    return objects + [_compile(steps, "g++", file, out, ["-std=c++17", *flags]) for file in cpp]


def _compile(steps: Steps, compiler: str, file: Path, out: Path, flags: Sequence[str]) -> Path:
    target = out / f"{file.name}.o"
    steps.run([compiler, *flags, "-c", str(file), "-o", str(target)], out)
    return target


def _link(steps: Steps, tree: Path, out: Path, objects: Sequence[Path]) -> Path:
    """Our objects first: an archive member is pulled only for symbols that nobody has defined yet.

    OpenSSL is linked statically where that works, so that the wheel does not depend on the system's release of it.
    """
    static = static_openssl()
    if static is not None:
        try:
            return _link_with(steps, tree, out, objects, [str(path) for path in static])
        except BuildError as error:
            steps.say(
                f"OpenSSL's static archives do not link ({str(error).splitlines()[0]}): taking the shared ones"
            )
    return _link_with(steps, tree, out, objects, ["-lssl", "-lcrypto"])


def _link_with(steps: Steps, tree: Path, out: Path, objects: Sequence[Path], openssl: Sequence[str]) -> Path:
    module = out / f"_pjsua2{sysconfig.get_config_var('EXT_SUFFIX')}"
    target = _configured(tree, "TARGET_NAME")
    archives = [str(tree / folder / "lib" / f"lib{name}-{target}.a") for folder, name in _ARCHIVES]
    # hidden and bound inside: the process has another OpenSSL, that of Python's ssl module
    linker = ["-Wl,--exclude-libs,ALL", "-Wl,-Bsymbolic", "-Wl,-z,now", *_WRAPPED, "-s"]
    steps.run(
        [
            "g++",
            "-shared",
            "-o",
            str(module),
            *linker,
            *[str(path) for path in objects],
            "-Wl,--start-group",
            *archives,
            "-Wl,--end-group",
            *openssl,
            "-lpthread",
            "-ldl",
            "-lm",
        ],
        out,
    )
    # -z now: a symbol that nobody defines fails here, not in the middle of a call
    steps.run([sys.executable, "-c", "import pjsua2; pjsua2.Endpoint"], out)
    return module
