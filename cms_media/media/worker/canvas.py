"""Which picture a leg gets: size, frame rate, bit rate, profile; from what its peer takes."""

from dataclasses import dataclass, replace

from cms_media.codecs.encoder import EncoderFormat, H264Profile
from cms_media.codecs.table import Codec
from cms_media.sdp.plan import StreamPlan, VideoLimits

FULL_FPS = 30
_SLOWEST_FPS = 15
"""Below it a smaller picture is the better one."""


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A 16:9 size, what it is worth at most and what it needs at least, at 30 frames a second."""

    width_px: int
    height_px: int
    bitrate_bps: int
    least_bitrate_bps: int

    @property
    def macroblocks(self) -> int:
        return -(-self.width_px // 16) * -(-self.height_px // 16)


_CANVASES = (
    _Canvas(1280, 720, 2_000_000, 700_000),
    _Canvas(960, 540, 1_200_000, 450_000),
    _Canvas(640, 360, 700_000, 220_000),
    _Canvas(480, 270, 400_000, 128_000),
    _Canvas(320, 180, 256_000, 64_000),
    _Canvas(160, 90, 96_000, 0),
)

_RATE_STEPS_BPS = (
    32_000, 64_000, 96_000, 128_000, 192_000, 256_000, 320_000, 400_000, 512_000, 700_000, 1_000_000,
    1_200_000, 1_500_000, 2_000_000,
)  # fmt: skip
"""Rates are rounded down to these: legs of nearly one rate then share an encode."""


def choose_format(
    plan: StreamPlan, limit_bps: int | None = None, most_height_px: int | None = None
) -> EncoderFormat:
    """The best picture within the peer's limits; the smallest when even that is beyond them.

    `limit_bps` is what the peer asked for since, `most_height_px` what the worker can make at most.
    """
    limits = plan.limits
    if limit_bps is not None:
        limits = replace(limits, bitrate_bps=min(limits.bitrate_bps, limit_bps))
    canvases = [each for each in _CANVASES if each.height_px <= (most_height_px or each.height_px)]
    canvas = next((each for each in canvases if _fits(each, limits)), _CANVASES[-1])
    codec = plan.send.codec
    profile = H264Profile.BASELINE
    if codec is Codec.H264:
        profile = H264Profile.from_profile_level_id(plan.send.profile_level_id)
    return EncoderFormat(
        codec=codec,
        width_px=canvas.width_px,
        height_px=canvas.height_px,
        fps=_fps(canvas, limits),
        bitrate_bps=_rate_step(min(canvas.bitrate_bps, limits.bitrate_bps)),
        profile=profile,
        short_slices=codec is Codec.H264 and plan.send.packetization_mode == 0,
    )


def _fits(canvas: _Canvas, limits: VideoLimits) -> bool:
    return (
        canvas.macroblocks <= limits.frame_size_mb
        and canvas.macroblocks * _SLOWEST_FPS <= limits.macroblocks_per_s
        and canvas.least_bitrate_bps <= limits.bitrate_bps
    )


def _fps(canvas: _Canvas, limits: VideoLimits) -> int:
    return max(1, min(FULL_FPS, limits.macroblocks_per_s // canvas.macroblocks))


def _rate_step(bitrate_bps: int) -> int:
    return max((step for step in _RATE_STEPS_BPS if step <= bitrate_bps), default=_RATE_STEPS_BPS[0])
