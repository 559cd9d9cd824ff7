"""Freezes are counted as browsers count them."""

from cms_media.endpoint.freezes import FreezeMeter


def fed(times: list[float]) -> FreezeMeter:
    meter = FreezeMeter()
    for time in times:
        meter.on_picture(time)
    return meter


def test_a_steady_stream_has_no_freeze() -> None:
    meter = fed([i / 30 for i in range(300)])
    assert (meter.frames, meter.freezes) == (300, 0)
    assert abs(meter.fps - 30) < 0.01


def test_one_missing_picture_is_no_freeze() -> None:
    assert fed([i / 30 for i in range(100) if i != 50]).freezes == 0


def test_a_pause_of_300_ms_is_a_freeze() -> None:
    meter = fed([i / 30 for i in range(60)] + [60 / 30 + 0.3 + i / 30 for i in range(60)])
    assert meter.freezes == 1
    assert abs(meter.longest_s - (0.3 + 1 / 30)) < 1e-6


def test_nothing_seen_is_zero() -> None:
    assert (fed([]).fps, fed([1.0]).fps, fed([1.0]).freezes) == (0.0, 0.0, 0)
