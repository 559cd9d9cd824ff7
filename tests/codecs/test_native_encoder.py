"""H.264 and VP8 by the native encoders: the rate, key frames, what did not change, and what they refuse."""

from collections.abc import Iterator

import numpy as np
import pytest

from cms_media.base.errors import ResourceError
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture, EncoderFormat, VideoEncoder
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec, EncoderLibrary
from cms_media.native import H264Encoder, Vp8Encoder, video
from tests.codecs.marks import marked

WIDTH_PX, HEIGHT_PX, FPS = 640, 360, 30

TINY_BYTES = {Codec.H264: 40, Codec.VP8: 80}
"""A picture in which nothing changed: VP8 spends an eighth of a bit on each macroblock."""


@pytest.fixture(params=[Codec.H264, Codec.VP8])
def codec(request: pytest.FixtureRequest) -> Codec:
    chosen: Codec = request.param
    if (H264Encoder if chosen is Codec.H264 else Vp8Encoder) is None:
        pytest.skip("built without its library")
    return chosen


def _encoder(codec: Codec, bitrate_bps: int, quick: bool = False) -> VideoEncoder:
    output = EncoderFormat(codec, WIDTH_PX, HEIGHT_PX, FPS, bitrate_bps)
    return VideoEncoder(output, quick, EncoderLibrary.NATIVE)


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
@pytest.mark.parametrize("bitrate_bps", [300_000, 500_000, 700_000, 1_500_000])
def test_no_second_is_a_tenth_above_the_rate_or_far_below_it(
    codec: Codec, bitrate_bps: int, quick: bool
) -> None:
    encoder, source = _encoder(codec, bitrate_bps, quick), _restless(1)
    bits = np.array([_bits(encoder.encode(next(source), frame == 70)) for frame in range(120)])
    assert np.convolve(bits, np.ones(FPS), "valid").max() <= 1.1 * bitrate_bps
    # A key frame is paid back, another one expected.
    assert bits.reshape(-1, FPS).sum(axis=1).min() >= 0.8 * bitrate_bps


def test_a_new_rate_is_followed_without_a_key_frame(codec: Codec) -> None:
    encoder, decoder, source = _encoder(codec, 1_200_000), VideoDecoder(codec), _restless(2)
    for _ in range(40):
        decoder.decode(encoder.encode(next(source)).data)
    for bitrate_bps in (500_000, 1_500_000, 400_000):
        encoder.set_bitrate(bitrate_bps)
        units = [encoder.encode(next(source)) for _ in range(2 * FPS)]
        assert not any(unit.key_frame for unit in units)
        # Room for a key frame is kept.
        assert 0.8 * bitrate_bps <= sum(map(_bits, units[FPS:])) <= 1.1 * bitrate_bps
        shown = [unit for unit in units if unit.data]
        assert sum(len(decoder.decode(unit.data)) for unit in shown) == len(shown)
    assert decoder.errors == 0


def test_it_is_quick_at_once_and_thorough_again_from_the_next_key_frame_on(codec: Codec) -> None:
    """Pictures tell how they were encoded. VP8 does not need to wait for the key frame."""
    bitrate_bps, thorough_from = {Codec.H264: (900_000, 30), Codec.VP8: (4_000_000, 20)}[codec]
    encoder, quick = _encoder(codec, bitrate_bps), _encoder(codec, bitrate_bps, quick=True)
    decoder = VideoDecoder(codec)
    encoder.set_quick(True)
    source = _drifting()
    for frame in range(40):
        encoder.set_quick(frame < 20)
        picture = next(source)
        unit, other = encoder.encode(picture, frame == 30), quick.encode(picture, frame == 30)
        assert unit.key_frame == (frame in (0, 30))
        # There x264 writes how it was opened; and what is only shown again is always the same.
        if frame not in (0, 30) and len(unit.data) >= TINY_BYTES[codec]:
            assert (unit.data == other.data) == (frame < thorough_from), frame
        if unit.data:
            assert len(decoder.decode(unit.data)) == 1
    assert decoder.errors == 0


def test_key_frames_are_bounded(codec: Codec) -> None:
    encoder, source = _encoder(codec, 400_000), _restless(3)
    units = [encoder.encode(next(source), frame % 45 == 0) for frame in range(136)]
    keys = [_bits(unit) for unit in units if unit.key_frame]
    assert len(keys) == 4
    assert max(keys) <= 0.45 * 400_000


def test_a_picture_that_did_not_change_is_tiny_and_changes_nothing(codec: Codec) -> None:
    encoder, decoder, picture = _encoder(codec, 2_000_000), VideoDecoder(codec), _still()
    for _ in range(60):  # until it is as fine as it gets
        (before,) = decoder.decode(encoder.encode(picture, changed=marked(WIDTH_PX, HEIGHT_PX)).data)
    before_luma = before.y.copy()
    unit = encoder.encode(picture, changed=marked(WIDTH_PX, HEIGHT_PX))
    assert len(unit.data) < TINY_BYTES[codec]
    (after,) = decoder.decode(unit.data)
    assert np.array_equal(after.y, before_luma)


@pytest.mark.skipif(Vp8Encoder is None, reason="built without libvpx")
def test_a_vp8_picture_shown_again_leaves_a_decoder_as_it_was() -> None:
    encoder, source = _encoder(Codec.VP8, 300_000), _restless(6)
    everything, without = VideoDecoder(Codec.VP8), VideoDecoder(Codec.VP8)
    repeats = 0
    for frame in range(30):
        unit = encoder.encode(next(source), changed=marked(WIDTH_PX, HEIGHT_PX) if frame % 2 else None)
        if not unit.data:  # held
            continue
        (seen,) = everything.decode(unit.data)
        if len(unit.data) < TINY_BYTES[Codec.VP8]:
            repeats += 1
        else:
            (expected,) = without.decode(unit.data)
        assert all(np.array_equal(getattr(seen, name), getattr(expected, name)) for name in "yuv")
    assert repeats >= 10


def test_what_is_said_not_to_have_changed_is_not_looked_at(codec: Codec) -> None:
    encoder, decoder, picture = _encoder(codec, 2_000_000), VideoDecoder(codec), _still()
    for _ in range(60):
        decoder.decode(encoder.encode(picture, changed=marked(WIDTH_PX, HEIGHT_PX)).data)
    shown = Picture.blank(WIDTH_PX, HEIGHT_PX)
    video.copy(picture.planes, picture.even_rectangle(), shown.planes, 0, 0)
    picture.y[:] = 255 - picture.y
    (seen,) = decoder.decode(
        encoder.encode(picture, changed=marked(WIDTH_PX, HEIGHT_PX, (0, 0, 64, 64))).data
    )
    assert abs(float(seen.y[:48, :48].mean()) - float(picture.y[:48, :48].mean())) < 3
    assert float(np.abs(seen.y[80:, 80:].astype(int) - shown.y[80:, 80:]).mean()) < 3


def test_what_stands_still_becomes_fine(codec: Codec) -> None:
    encoder, decoder, picture = _encoder(codec, 700_000), VideoDecoder(codec), _still()
    for frame in range(90):
        unit = encoder.encode(picture, changed=None if frame == 0 else marked(WIDTH_PX, HEIGHT_PX))
        (seen,) = decoder.decode(unit.data)
    assert video.psnr(seen.planes, picture.planes, (WIDTH_PX, HEIGHT_PX)) > 42


def test_a_pause_is_not_made_up_for(codec: Codec) -> None:
    encoder, source = _encoder(codec, 500_000), _restless(5)
    for _ in range(FPS):
        encoder.encode(next(source))
    assert _bits(encoder.encode(next(source), elapsed_s=20.0)) < 0.45 * 500_000


@pytest.mark.parametrize("bitrate_bps", [0, -1, 1_000, 2_000_000_000])
def test_a_senseless_rate_is_refused(codec: Codec, bitrate_bps: int) -> None:
    with pytest.raises(ResourceError, match="bitrate_bps"):
        _encoder(codec, bitrate_bps)
    with pytest.raises(ValueError, match="bitrate_bps"):
        _encoder(codec, 500_000).set_bitrate(bitrate_bps)


@pytest.mark.parametrize(
    ("size_and_fps", "message"),
    [
        ((0, 360, 30), "width"),
        ((321, 180, 30), "width"),
        ((320, 8192, 30), "height"),
        ((320, 180, 0), "fps"),
    ],
)
def test_bad_formats_are_refused_by_name(
    codec: Codec, size_and_fps: tuple[int, int, int], message: str
) -> None:
    with pytest.raises(ResourceError, match=message):
        VideoEncoder(EncoderFormat(codec, *size_and_fps), library=EncoderLibrary.NATIVE)


@pytest.mark.skipif(H264Encoder is None, reason="built without libx264")
def test_a_profile_that_is_none_is_refused() -> None:
    assert H264Encoder is not None
    with pytest.raises(ValueError, match="profile"):
        H264Encoder(320, 180, 30, 500_000, "extended", short_slices=False, quick=False)


def test_bad_pictures_are_refused(codec: Codec) -> None:
    assert H264Encoder is not None
    assert Vp8Encoder is not None
    encoder = (
        H264Encoder(320, 180, 30, 500_000, "baseline", short_slices=False, quick=False)
        if codec is Codec.H264
        else Vp8Encoder(320, 180, 30, 500_000, quick=False)
    )
    small, right = Picture.blank(160, 90), Picture.blank(320, 180)
    with pytest.raises(ValueError, match="plane is too small"):
        encoder.encode(small.planes, False, None, 1 / 30)
    with pytest.raises(ValueError, match="a map of another size"):
        encoder.encode(right.planes, False, marked(320, 178), 1 / 30)
    with pytest.raises(ValueError, match="elapsed_s"):
        encoder.encode(right.planes, False, None, float("nan"))
    assert encoder.encode(right.planes, False, None, 1 / 30)[1]
