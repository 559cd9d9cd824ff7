"""Nothing that media or calls depend on looks at the wall clock, which may be set at any time."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "cms_media"
NATIVE = ROOT / "native"
WALL_CLOCK = re.compile(
    r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(|CLOCK_REALTIME|\bsystem_clock\b"
)
ALLOWED = {
    "endpoint/leg.py": "an SDP session id, once for each call",
    "signalling/certificate.py": "dates in a certificate are dates",
    "engine/loop.cpp": "once for NTP time in reports, and beside the kernel's stamps: see engine/arrival_clock.hpp",
    "engine/arrival_clock.hpp": "says how it stands a step",
}


def test_the_wall_clock_is_read_only_where_a_reason_is_given() -> None:
    sources = [(PACKAGE, path) for path in PACKAGE.rglob("*.py")]
    sources += [(NATIVE, path) for path in NATIVE.rglob("*.[ch]pp") if "tests" not in path.parts]
    users = {
        path.relative_to(root).as_posix() for root, path in sources if WALL_CLOCK.search(path.read_text())
    }
    assert users == set(ALLOWED)
