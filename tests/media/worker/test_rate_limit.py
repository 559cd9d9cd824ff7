"""A receiver's wish for fewer bits."""

from cms_media.media.worker.rate_limit import LEAST_BPS, RAISE_AFTER_S, RateLimit


def test_down_at_once_up_after_a_while() -> None:
    limit = RateLimit()
    assert not limit.report(0, 0.0)
    assert limit.report(500_000, 1.0)
    assert limit.report(300_000, 1.1)
    assert not limit.report(900_000, 2.0)
    assert not limit.report(950_000, 2.0 + RAISE_AFTER_S / 2)
    assert limit.report(900_000, 2.0 + RAISE_AFTER_S)
    assert limit.bitrate_bps == 900_000


def test_a_dip_starts_the_wait_anew() -> None:
    limit = RateLimit()
    limit.report(300_000, 0.0)
    limit.report(900_000, 1.0)
    limit.report(300_000, 2.0)
    assert not limit.report(900_000, 1.0 + RAISE_AFTER_S)


def test_a_limit_goes_away_like_any_rise() -> None:
    limit = RateLimit()
    limit.report(300_000, 0.0)
    assert not limit.report(0, 1.0)
    assert limit.report(0, 1.0 + RAISE_AFTER_S)
    assert limit.bitrate_bps is None


def test_absurd_limits_are_not_obeyed_to_the_letter() -> None:
    limit = RateLimit()
    limit.report(1, 0.0)
    assert limit.bitrate_bps == LEAST_BPS
