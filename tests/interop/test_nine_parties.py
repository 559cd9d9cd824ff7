"""Nine endpoints in one space: each hears the other eight tones and sees the other eight pictures in their panes."""

import time
from pathlib import Path

import pytest

from cms_media.codecs.pattern import read_identity
from tests.interop.bridge import Dialler, running_bridge
from tests.interop.pictures import load_png

pytestmark = pytest.mark.interop

PARTIES = 9
JOINING_S, MEASURED_S, LINGER_S = 12, 10, 3
"""Everybody has joined, numbers are taken, and only then does anybody leave."""
CANVAS = (640, 360)
WAVEFORM_CODECS = ("PCMU", "G722")
"""Opus makes a tone of its own at a band edge, 25 dB below eight pure tones: right for speech, wrong for counting."""


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


def dial(uri: str, number: int, left_s: float, snapshot: Path) -> Dialler:
    """One party; `left_s` until everybody measures."""
    return Dialler(
        uri,
        *("--audio", f"tone:{tone(number)}", "--video", f"pattern:{number + 1}", "--name", f"{number}"),
        *("--codec", f"{WAVEFORM_CODECS[number % 2]},H264"),
        *("--size", "320x180", "--receive-size", "640x360", "--snapshot", str(snapshot)),
        *("--settle", f"{left_s:.2f}", "--seconds", f"{left_s + MEASURED_S:.2f}", "--linger", str(LINGER_S)),
    )


def test_nine_parties_hear_and_see_each_other(tmp_path: Path) -> None:
    with running_bridge(tmp_path) as bridge:
        started = time.monotonic()
        snapshots = [tmp_path / f"{number}.png" for number in range(PARTIES)]
        diallers = [
            dial(bridge.uri(), number, JOINING_S - (time.monotonic() - started), snapshot)
            for number, snapshot in enumerate(snapshots)
        ]
        try:
            bridge.wait_for_legs(PARTIES)
        except AssertionError as error:
            reports = [dialler.report() for dialler in diallers]
            raise AssertionError(f"{error}: {reports}\n{bridge.log()}") from None
        joined = [int(leg["name"]) for leg in bridge.legs()]
        reports = [dialler.report() for dialler in diallers]

    assert sorted(joined) == list(range(PARTIES))
    for number, report in enumerate(reports):
        heard = report["audio"]["tones_hz"]
        others = [other for other in joined if other != number]
        assert len(heard) == len(others), f"party {number} heard {heard}"
        assert all(min(abs(tone(other) - hz) for hz in heard) <= 3 for other in others), f"{number}: {heard}"
        assert report["audio"]["gaps"] == 0, report
        assert report["video"]["fps"] >= 25, report  # 30 on a machine that has nothing else to do
        picture = load_png(snapshots[number])
        found = [read_identity(picture, pane) for pane in panes()]
        assert [it.source - 1 if it else None for it in found] == [*others, None], (
            f"party {number} saw {found}"
        )
