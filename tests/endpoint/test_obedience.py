"""What is sent under a limit, by table."""

import pytest

from cms_media.codecs.encoder import EncoderFormat
from cms_media.codecs.table import Codec
from cms_media.endpoint.obedience import obeyed

HD = EncoderFormat(Codec.H264, 1280, 720, 30, 2_000_000)
SMALL = EncoderFormat(Codec.H264, 640, 360, 30, 1_000_000)


@pytest.mark.parametrize(
    ("wanted", "limit_bps", "height_px", "rate_bps"),
    [
        (HD, 0, 720, 2_000_000),
        (HD, 5_000_000, 720, 2_000_000),
        (HD, 1_200_000, 720, 1_200_000),
        (HD, 700_000, 360, 700_000),
        (HD, 256_000, 270, 256_000),
        (HD, 128_000, 180, 128_000),
        (HD, 1, 180, 64_000),
        (SMALL, 700_000, 360, 700_000),
        (SMALL, 128_000, 180, 128_000),
    ],
)
def test_obeyed(wanted: EncoderFormat, limit_bps: int, height_px: int, rate_bps: int) -> None:
    sent = obeyed(wanted, limit_bps)
    assert (sent.height_px, sent.bitrate_bps) == (height_px, rate_bps)
