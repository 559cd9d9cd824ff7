"""What an endpoint sends when its peer asks for fewer bits (TMMBR, REMB). Pure."""

from dataclasses import replace

from cms_media.codecs.encoder import EncoderFormat
from cms_media.layout.types import Size

_ENOUGH_BPS = (
    (Size(1280, 720), 1_000_000),
    (Size(960, 540), 750_000),
    (Size(640, 360), 300_000),
    (Size(480, 270), 150_000),
    (Size(320, 180), 0),
)
"""A size is worth sending from so many bits a second on; with fewer the next smaller one is."""
LEAST_BPS = 64_000
"""Less is not obeyed: no picture would be left."""


def obeyed(output: EncoderFormat, limit_bps: int) -> EncoderFormat:
    """`output` within the limit, never larger than it was; 0: there is no limit."""
    if limit_bps == 0 or limit_bps >= output.bitrate_bps:
        return output
    limit_bps = max(limit_bps, LEAST_BPS)
    size = next(size for size, enough_bps in _ENOUGH_BPS if limit_bps >= enough_bps)
    if size.width_px >= output.width_px:
        return replace(output, bitrate_bps=limit_bps)
    return replace(output, width_px=size.width_px, height_px=size.height_px, bitrate_bps=limit_bps)
