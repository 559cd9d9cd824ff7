"""Nine endpoints in one space: each hears the other eight tones and sees the other eight pictures in their panes."""

import time
from pathlib import Path

import pytest

from cms_media.codecs.pattern import read_identity
from tests.interop.bridge import Dialler, running_bridge
from tests.interop.pictures import load_png

pytestmark = pytest.mark.interop

PARTIES = 9
JOINING_S, MEASURED_S, LINGER_S = 14, 10, 3
"""Everybody has joined, numbers are taken, and only then does anybody leave."""
CANVAS = (640, 360)


def tone(number: int) -> int:
    """Tones 170 Hz apart, none a harmonic of another below 2 kHz."""
    return 430 + 170 * number


def panes() -> list[tuple[int, int, int, int]]:
    """3 x 3 on the canvas, left to right, top to bottom, on even pixels."""
    edges_x = [round(i * CANVAS[0] / 3 / 2) * 2 for i in range(4)]
    edges_y = [round(i * CANVAS[1] / 3 / 2) * 2 for i in range(4)]
    return [
        (edges_x[c], edges_y[r], edges_x[c + 1] - edges_x[c], edges_y[r + 1] - edges_y[r])
        for r in range(3)
        for c in range(3)
    ]


@pytest.mark.timeout(120)
def test_nine_parties_hear_and_see_each_other(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as bridge:
        diallers = []
        started = time.monotonic()
        for number in range(PARTIES):
            left_s = JOINING_S - (time.monotonic() - started)
            diallers.append(
                Dialler(
                    bridge.uri(),
                    *("--audio", f"tone:{tone(number)}", "--video", f"pattern:{number + 1}"),
                    *("--size", "320x180", "--receive-size", "640x360", "--name", f"Party {number + 1}"),
                    *(
                        "--seconds",
                        f"{left_s + MEASURED_S:.2f}",
                        "--settle",
                        f"{left_s:.2f}",
                        "--linger",
                        str(LINGER_S),
                    ),
                    *("--snapshot", str(tmp_path / f"{number}.png")),
                )
            )
            bridge.wait_for_legs(number + 1)
        reports = [dialler.report() for dialler in diallers]

    for number, report in enumerate(reports):
        others = {other for other in range(PARTIES) if other != number}
        heard = report["audio"]["tones_hz"]
        assert len(heard) == PARTIES - 1, f"party {number} heard {heard}"
        assert all(min(abs(tone(other) - hz) for hz in heard) <= 4 for other in others), (
            f"party {number} heard {heard}"
        )
        assert report["audio"]["gaps"] == 0
        assert report["video"]["fps"] >= 29
        picture = load_png(tmp_path / f"{number}.png")
        seen = [
            identity.source - 1 if (identity := read_identity(picture, pane)) else None for pane in panes()
        ]
        assert seen == [*sorted(others), None], f"party {number} saw {seen}"
