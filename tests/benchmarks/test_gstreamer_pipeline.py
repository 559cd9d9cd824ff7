"""The pipeline that stands beside us."""

from pathlib import Path

from benchmarks.peers.gstreamer_pipeline import GstView, pipeline
from cms_media.layout.types import PixelRect, Size

LEFT, RIGHT, SMALL = PixelRect(0, 0, 640, 720), PixelRect(640, 0, 640, 720), PixelRect(0, 0, 320, 360)


def test_a_source_is_decoded_once_and_scaled_once_per_size() -> None:
    films, voices = [Path(f"{n}.h264") for n in range(3)], [Path(f"{n}.ogg") for n in range(3)]
    views = [
        GstView([(1, LEFT), (2, RIGHT)], Path("a")),
        GstView([(0, LEFT), (2, RIGHT)], Path("b")),
        GstView([(0, SMALL)], Path("c")),
    ]
    text = pipeline(films, voices, views, Size(1280, 720))
    assert [text.count(element) for element in ("avdec_h264", "videoscale", "compositor", "x264enc")] == [
        3,
        4,
        3,
        3,
    ]
    assert "t2x640x720. ! queue ! c1.sink_1" in text
    assert "sink_1::xpos=640" in text
    assert [text.count(element) for element in ("opusdec", "audiomixer", "! m0.")] == [3, 3, 2]
