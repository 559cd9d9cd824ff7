"""The test picture and its reader."""

import pytest

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncoderFormat, VideoEncoder
from cms_media.codecs.pattern import Identity, PatternSource, read_identity
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec


def _at_size(picture: Picture, width: int, height: int) -> Picture:
    return Picture(picture.frame.reformat(width, height, "yuv420p"))


@pytest.mark.parametrize("source", [0, 1, 8, 255])
def test_reader_reads_what_was_drawn(source: int) -> None:
    pattern = PatternSource(source, 640, 360)
    assert [read_identity(pattern.next_picture()) for _ in range(5)] == [
        Identity(source, i) for i in range(5)
    ]


def test_pictures_move_and_sources_differ() -> None:
    one, other = PatternSource(1, 320, 180), PatternSource(2, 320, 180)
    first = one.next_picture().y.copy()
    assert (one.next_picture().y[18:36] != first[18:36]).any()
    assert (one.next_picture().u != other.next_picture().u).any()


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP8])
def test_identity_survives_two_encodes_and_a_fifth(codec: Codec) -> None:
    """As in a 5x5 canvas: 360p at a low rate, scaled to 256x144, encoded again at a low rate."""
    pattern = PatternSource(13, 640, 360)
    sender = VideoEncoder(EncoderFormat(codec, 640, 360, bitrate_bps=300_000))
    bridge, receiver = VideoDecoder(codec), VideoDecoder(codec)
    again = VideoEncoder(EncoderFormat(codec, 256, 144, bitrate_bps=80_000))
    read = []
    for _ in range(45):
        for picture in bridge.decode(sender.encode(pattern.next_picture()).data):
            unit = again.encode(_at_size(picture, 256, 144))
            read += [read_identity(shown) for shown in receiver.decode(unit.data)]
    assert read == [Identity(13, i) for i in range(45)]


def test_rectangle_and_nothing_there() -> None:
    canvas = Picture.blank(640, 360)
    pattern = PatternSource(5, 320, 180).next_picture()
    canvas.y[180:, 320:] = pattern.y
    assert read_identity(canvas, (320, 180, 320, 180)) == Identity(5, 0)
    assert read_identity(canvas, (0, 0, 320, 180)) is None
    assert read_identity(canvas, (0, 0, 6, 6)) is None
