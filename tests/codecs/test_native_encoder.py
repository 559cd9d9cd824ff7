"""H.264 by the native encoder: the rate, key frames, what did not change, and what it refuses."""

from collections.abc import Iterator

import numpy as np
import pytest

from cms_media.base.errors import ResourceError
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec, H264Library
from cms_media.native import H264Encoder, video

WIDTH_PX, HEIGHT_PX, FPS = 640, 360, 30

pytestmark = pytest.mark.skipif(H264Encoder is None, reason="built without libx264")


def _encoder(bitrate_bps: int, quick: bool = False) -> VideoEncoder:
    output = EncoderFormat(Codec.H264, WIDTH_PX, HEIGHT_PX, FPS, bitrate_bps)
    return VideoEncoder(output, quick, H264Library.NATIVE)


def _restless(seed: int, noise: float = 8.0) -> Iterator[Picture]:
    """A soft scene that shakes under noise: more than any of the rates here is enough for."""
    random = np.random.default_rng(seed)
    coarse = random.normal(110, 40, (HEIGHT_PX // 12 + 12, WIDTH_PX // 12 + 12))
    scene = np.kron(coarse, np.ones((12, 12)))
    picture = Picture.blank(WIDTH_PX, HEIGHT_PX)
    x = y = 32
    while True:
        x, y = (int(np.clip(at + random.integers(-12, 13), 0, 63)) for at in (x, y))
        shown = scene[y : y + HEIGHT_PX, x : x + WIDTH_PX] + random.normal(0, noise, (HEIGHT_PX, WIDTH_PX))
        picture.y[:] = np.clip(shown, 16, 235)
        yield picture


def _drifting() -> Iterator[Picture]:
    """Moves by parts of a sample, which only the thorough way follows."""
    scene = np.random.default_rng(8).normal(110, 40, (HEIGHT_PX, WIDTH_PX + 64)).cumsum(axis=0) % 160 + 40
    picture = Picture.blank(WIDTH_PX, HEIGHT_PX)
    for frame in range(200):
        whole, part = divmod(0.25 * frame, 1)
        x = int(whole)
        picture.y[:] = (1 - part) * scene[:, x : x + WIDTH_PX] + part * scene[:, x + 1 : x + 1 + WIDTH_PX]
        yield picture


def _still() -> Picture:
    return next(_restless(4, noise=1.0))


def _bits(unit: EncodedPicture) -> int:
    return 8 * len(unit.data)


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("bitrate_bps", [500_000, 700_000, 1_500_000])
def test_the_rate_is_held_within_a_tenth_over_a_second(bitrate_bps: int, quick: bool) -> None:
    encoder, source = _encoder(bitrate_bps, quick), _restless(1)
    bits = np.array([_bits(encoder.encode(next(source), frame == 70)) for frame in range(120)])
    assert np.convolve(bits, np.ones(FPS), "valid").max() <= 1.1 * bitrate_bps
    assert bits.reshape(-1, FPS).sum(axis=1).min() >= 0.9 * bitrate_bps


def test_a_new_rate_is_followed_without_a_key_frame() -> None:
    encoder, decoder, source = _encoder(1_200_000), VideoDecoder(Codec.H264), _restless(2)
    for _ in range(40):
        decoder.decode(encoder.encode(next(source)).data)
    for bitrate_bps in (500_000, 1_500_000, 400_000):
        encoder.set_bitrate(bitrate_bps)
        units = [encoder.encode(next(source)) for _ in range(2 * FPS)]
        assert not any(unit.key_frame for unit in units)
        assert sum(map(_bits, units[FPS:])) == pytest.approx(bitrate_bps, rel=0.1)
        assert sum(len(decoder.decode(unit.data)) for unit in units) == len(units)
    assert decoder.errors == 0


def test_it_is_quick_at_once_and_thorough_again_from_the_next_key_frame_on() -> None:
    """Pictures tell how they were encoded."""
    encoder, quick, decoder = _encoder(900_000), _encoder(900_000, quick=True), VideoDecoder(Codec.H264)
    encoder.set_quick(True)
    source = _drifting()
    for frame in range(40):
        encoder.set_quick(frame < 20)
        picture = next(source)
        unit, other = encoder.encode(picture, frame == 30), quick.encode(picture, frame == 30)
        assert unit.key_frame == (frame in (0, 30))
        if frame not in (0, 30):  # there x264 writes how it was opened
            assert (unit.data == other.data) == (frame < 30), frame
        assert len(decoder.decode(unit.data)) == 1
    assert decoder.errors == 0


def test_key_frames_are_bounded() -> None:
    encoder, source = _encoder(400_000), _restless(3)
    units = [encoder.encode(next(source), frame % 45 == 0) for frame in range(136)]
    keys = [_bits(unit) for unit in units if unit.key_frame]
    assert len(keys) == 4
    assert max(keys) <= 0.45 * 400_000


def test_a_picture_that_did_not_change_is_tiny_and_changes_nothing() -> None:
    encoder, decoder, picture = _encoder(2_000_000), VideoDecoder(Codec.H264), _still()
    for _ in range(60):  # until it is as fine as it gets
        (before,) = decoder.decode(encoder.encode(picture, changed=[]).data)
    before_luma = before.y.copy()
    unit = encoder.encode(picture, changed=[])
    assert len(unit.data) < 40
    (after,) = decoder.decode(unit.data)
    assert np.array_equal(after.y, before_luma)


def test_what_is_said_not_to_have_changed_is_not_looked_at() -> None:
    encoder, decoder, picture = _encoder(2_000_000), VideoDecoder(Codec.H264), _still()
    for _ in range(60):
        decoder.decode(encoder.encode(picture, changed=[]).data)
    shown = Picture.blank(WIDTH_PX, HEIGHT_PX)
    video.copy(picture.planes, picture.even_rectangle(), shown.planes, 0, 0)
    picture.y[:] = 255 - picture.y
    (seen,) = decoder.decode(encoder.encode(picture, changed=[(0, 0, 64, 64)]).data)
    assert abs(float(seen.y[:48, :48].mean()) - float(picture.y[:48, :48].mean())) < 3
    assert float(np.abs(seen.y[80:, 80:].astype(int) - shown.y[80:, 80:]).mean()) < 3


def test_what_stands_still_becomes_fine() -> None:
    encoder, decoder, picture = _encoder(700_000), VideoDecoder(Codec.H264), _still()
    for frame in range(90):
        unit = encoder.encode(picture, changed=None if frame == 0 else [])
        (seen,) = decoder.decode(unit.data)
    assert video.psnr(seen.planes, picture.planes, (WIDTH_PX, HEIGHT_PX)) > 42


def test_a_pause_is_not_made_up_for() -> None:
    encoder, source = _encoder(500_000), _restless(5)
    for _ in range(FPS):
        encoder.encode(next(source))
    assert _bits(encoder.encode(next(source), elapsed_s=20.0)) < 0.45 * 500_000


@pytest.mark.parametrize("bitrate_bps", [0, -1, 1_000, 2_000_000_000])
def test_a_senseless_rate_is_refused(bitrate_bps: int) -> None:
    with pytest.raises(ResourceError, match="bitrate_bps"):
        _encoder(bitrate_bps)
    with pytest.raises(ValueError, match="bitrate_bps"):
        _encoder(500_000).set_bitrate(bitrate_bps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 360, 30, 500_000, "baseline"), "width"),
        ((321, 180, 30, 500_000, "baseline"), "width"),
        ((320, 8192, 30, 500_000, "baseline"), "height"),
        ((320, 180, 0, 500_000, "baseline"), "fps"),
        ((320, 180, 30, 500_000, "extended"), "profile"),
    ],
)
def test_bad_formats_are_refused_by_name(arguments: tuple[int, int, int, int, str], message: str) -> None:
    assert H264Encoder is not None
    with pytest.raises(ValueError, match=message):
        H264Encoder(*arguments, short_slices=False, quick=False)


def test_bad_pictures_are_refused() -> None:
    assert H264Encoder is not None
    encoder = H264Encoder(320, 180, 30, 500_000, "baseline", short_slices=False, quick=False)
    small, right = Picture.blank(160, 90), Picture.blank(320, 180)
    with pytest.raises(ValueError, match="plane is too small"):
        encoder.encode(small.planes, False, None, 1 / 30)
    with pytest.raises(ValueError, match="leaves the picture"):
        encoder.encode(right.planes, False, [(0, 0, 322, 16)], 1 / 30)
    with pytest.raises(ValueError, match="elapsed_s"):
        encoder.encode(right.planes, False, None, float("nan"))
    assert encoder.encode(right.planes, False, None, 1 / 30)[1]
