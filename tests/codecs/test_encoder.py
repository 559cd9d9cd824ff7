"""Encoders and decoders against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms_media.base.errors import ResourceError
from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import MAX_SLICE_BYTES, EncoderFormat, H264Profile, VideoEncoder
from cms_media.codecs.pattern import Identity, PatternSource, read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec, EncoderLibrary
from cms_media.native import MacroblockMap, video
from tests.codecs.marks import marked

VIDEO_CODECS = (Codec.H264, Codec.VP8)


def _nal_units(data: bytes) -> list[bytes]:
    return [unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")[1:]]


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_every_picture_comes_back_at_once(codec: Codec, quick: bool) -> None:
    encoder = VideoEncoder(EncoderFormat(codec, 320, 180, bitrate_bps=300_000), quick)
    decoder = VideoDecoder(codec)
    source = PatternSource(7, 320, 180)
    for frame in range(20):
        pictures = decoder.decode(encoder.encode(source.next_picture()).data)
        assert [read_identity(picture) for picture in pictures] == [Identity(7, frame)]
    assert (decoder.pictures, decoder.errors) == (20, 0)


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_key_frames_come_first_and_when_asked(codec: Codec) -> None:
    encoder = VideoEncoder(EncoderFormat(codec, 320, 180))
    source = PatternSource(1, 320, 180)
    flags = [encoder.encode(source.next_picture(), key_frame=i == 4).key_frame for i in range(8)]
    assert flags == [True, False, False, False, True, False, False, False]


@pytest.mark.parametrize("short_slices", [False, True])
@pytest.mark.parametrize("library", EncoderLibrary)
def test_h264_key_frame_carries_parameter_sets_and_short_slices_where_wished(
    library: EncoderLibrary, short_slices: bool
) -> None:
    output = EncoderFormat(Codec.H264, 640, 360, bitrate_bps=2_000_000, short_slices=short_slices)
    encoder = VideoEncoder(output, library=library)
    picture = Picture.blank(640, 360)
    picture.y[:] = np.random.default_rng(1).integers(16, 235, (360, 640))
    units = _nal_units(encoder.encode(picture).data)
    types = [unit[0] & 0x1F for unit in units]
    assert {7, 8, 5} <= set(types)
    slices = [unit for unit in units if unit[0] & 0x1F == 5]
    assert (len(slices) > 1) is short_slices
    assert (max(map(len, slices)) <= MAX_SLICE_BYTES) is short_slices


@pytest.mark.parametrize(
    ("profile_level_id", "profile", "profile_idc"),
    [
        (0x42E01F, H264Profile.BASELINE, 66),
        (0x4D401F, H264Profile.MAIN, 77),
        (0x640C1F, H264Profile.HIGH, 100),
        (0x58000A, H264Profile.BASELINE, 66),
    ],
)
def test_profile_follows_the_peer(profile_level_id: int, profile: H264Profile, profile_idc: int) -> None:
    assert H264Profile.from_profile_level_id(profile_level_id) is profile
    encoder = VideoEncoder(EncoderFormat(Codec.H264, 320, 180, profile=profile))
    units = _nal_units(encoder.encode(PatternSource(1, 320, 180).next_picture()).data)
    parameter_set = next(unit for unit in units if unit[0] & 0x1F == 7)
    assert parameter_set[1] <= profile_idc


def test_another_size_is_refused() -> None:
    encoder = VideoEncoder(EncoderFormat(Codec.H264, 320, 180))
    with pytest.raises(ValueError, match="640x360"):
        encoder.encode(Picture.blank(640, 360))


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_what_changed_is_enough_to_follow(codec: Codec) -> None:
    encoder, decoder = VideoEncoder(EncoderFormat(codec, 320, 180)), VideoDecoder(codec)
    picture = PatternSource(4, 320, 180).next_picture()
    decoder.decode(encoder.encode(picture).data)
    for step in range(12):
        x, luma = 16 * step, 40 + 15 * step
        picture.y[:32, x : x + 64] = luma
        (shown,) = decoder.decode(encoder.encode(picture, changed=marked(320, 180, (x, 0, 64, 32))).data)
        assert abs(float(shown.y[:32, x : x + 64].mean()) - luma) < 4
    for _ in range(3):
        (shown,) = decoder.decode(encoder.encode(picture, changed=marked(320, 180)).data)
    assert video.psnr(shown.planes, picture.planes, (320, 180)) > 36


@pytest.mark.parametrize("library", EncoderLibrary)
@pytest.mark.parametrize("size", [(320, 178), (322, 180), (180, 320)])
def test_a_map_of_another_size_is_refused(library: EncoderLibrary, size: tuple[int, int]) -> None:
    encoder = VideoEncoder(EncoderFormat(Codec.H264, 320, 180), library=library)
    with pytest.raises(ValueError, match=f"changed is of {size[0]}x{size[1]}"):
        encoder.encode(Picture.blank(320, 180), changed=MacroblockMap(*size))


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_bitrate_is_a_cap_and_can_change(codec: Codec) -> None:
    encoder = VideoEncoder(EncoderFormat(codec, 640, 360, bitrate_bps=400_000), library=EncoderLibrary.PYAV)
    source = PatternSource(3, 640, 360)
    size = sum(len(encoder.encode(source.next_picture()).data) for _ in range(60))
    assert size * 8 / 2 < 400_000 * 1.6
    encoder.set_bitrate(200_000)
    assert encoder.encode(source.next_picture()).key_frame


def test_audio_codecs_have_no_video_coder() -> None:
    with pytest.raises(ResourceError):
        VideoEncoder(EncoderFormat(Codec.OPUS, 320, 180))
    with pytest.raises(ResourceError):
        VideoDecoder(Codec.PCMU)


@pytest.mark.parametrize("codec", VIDEO_CODECS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_rubbish_is_counted_and_the_next_key_frame_decodes(codec: Codec, data: bytes) -> None:
    decoder = VideoDecoder(codec)
    decoder.decode(data)
    encoder = VideoEncoder(EncoderFormat(codec, 320, 180))
    source = PatternSource(9, 320, 180)
    units = [encoder.encode(source.next_picture(), key_frame=True).data for _ in range(2)]
    pictures = [picture for unit in units for picture in decoder.decode(unit)]
    assert pictures
    assert read_identity(pictures[-1]) == Identity(9, 1)


@pytest.mark.parametrize("codec", VIDEO_CODECS)
def test_broken_pictures_do_not_raise(codec: Codec) -> None:
    encoder = VideoEncoder(EncoderFormat(codec, 320, 180))
    source = PatternSource(2, 320, 180)
    decoder = VideoDecoder(codec)
    for frame in range(30):
        data = bytearray(encoder.encode(source.next_picture()).data)
        data[frame * 7 % len(data)] ^= 0xFF
        decoder.decode(bytes(data[: len(data) - frame]))
    assert decoder.errors + decoder.pictures > 0


def test_size_changes_mid_stream_are_followed() -> None:
    decoder = VideoDecoder(Codec.H264)
    for width, height in ((320, 180), (640, 360), (176, 144)):
        encoder = VideoEncoder(EncoderFormat(Codec.H264, width, height))
        pictures = decoder.decode(encoder.encode(PatternSource(1, width, height).next_picture()).data)
        assert [(p.width_px, p.height_px) for p in pictures] == [(width, height)]
