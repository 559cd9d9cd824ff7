"""The JSON of `cms-media dial` has stable keys."""

import json

from cms_media.endpoint.report import AudioReport, DialReport, VideoReport


def test_keys_of_a_whole_report() -> None:
    audio = AudioReport("opus", 1, 0, -20.0, 0, 0.0, [700])
    video = VideoReport("H264", 640, 360, 30, 30.0, 0, 0.0, 1, 90, 0, 640, 360, 0, 120.0)
    plain = json.loads(json.dumps(DialReport(True, 12.5, "local", audio, video).to_json()))
    assert list(plain) == ["connected", "setup_ms", "ended_by", "audio", "video"]
    assert plain["audio"]["tones_hz"] == [700]
    assert (plain["video"]["width"], plain["video"]["first_picture_ms"]) == (640, 120.0)


def test_what_never_was_is_null() -> None:
    plain = DialReport(False, 0.0, "failed: 404 Not Found", None, None).to_json()
    assert (plain["audio"], plain["video"]) == (None, None)
