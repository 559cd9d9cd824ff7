"""The C++ core's own benchmarks: packets to pictures and back, SRTP, audio codecs, the mix of N legs."""

import subprocess
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BUILD = _ROOT / ".build" / "bench"
_PROGRAMS = sorted(path.stem for path in (_ROOT / "native" / "bench").glob("*.cpp"))


def main() -> None:
    """Builds them optimised and runs them; each prints JSON."""
    for program in _PROGRAMS:
        subprocess.run((str(build(program)),), check=True)


def build(program: str) -> Path:
    """The program of native/bench by that name, built optimised."""
    options = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DCMS_MEDIA_TESTS=ON", "-DCMS_MEDIA_MODULE=OFF")
    configure = ("cmake", "-S", str(_ROOT / "native"), "-B", str(_BUILD), *options)
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ("cmake", "--build", str(_BUILD), "--target", program), check=True, stdout=subprocess.DEVNULL
    )
    return _BUILD / program


if __name__ == "__main__":
    main()
