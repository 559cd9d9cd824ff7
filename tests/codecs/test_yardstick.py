"""The yardstick's encoder makes what any decoder reads, and its costs are those of the codec alone."""

import numpy as np
import pytest

from cms_media.codecs.decoder import VideoDecoder
from cms_media.codecs.encoder import EncodedPicture
from cms_media.codecs.picture import Picture
from cms_media.codecs.table import Codec
from cms_media.codecs.yardstick import YardstickEncoder, decode_cost_ms, encode_cost_ms

WIDTH_PX, HEIGHT_PX, PICTURES = 320, 180, 12


def _picture(number: int) -> Picture:
    picture = Picture.blank(WIDTH_PX, HEIGHT_PX)
    picture.y[:] = 16 + (np.arange(WIDTH_PX) + 3 * number) % 200
    return picture


@pytest.fixture(scope="module")
def film() -> list[EncodedPicture]:
    encoder = YardstickEncoder(WIDTH_PX, HEIGHT_PX, 30, 500_000)
    return [encoder.encode(_picture(number)) for number in range(PICTURES)]


def test_one_key_frame_and_pictures_as_they_were(film: list[EncodedPicture]) -> None:
    assert [unit.key_frame for unit in film] == [True] + [False] * (PICTURES - 1)
    decoder = VideoDecoder(Codec.H264)
    decoded = [picture for unit in film for picture in decoder.decode(unit.data)]
    assert len(decoded) == PICTURES
    for number, picture in enumerate(decoded):
        error = picture.y.astype(int) - _picture(number).y
        assert np.mean(error * error) < 65


def test_pictures_that_were_decoded_as_key_frames_are_not_encoded_as_such(film: list[EncodedPicture]) -> None:
    decoder, encoder = VideoDecoder(Codec.H264), YardstickEncoder(WIDTH_PX, HEIGHT_PX, 30, 500_000)
    encoder.encode(_picture(0))
    (key_frame,) = decoder.decode(film[0].data)
    assert not encoder.encode(key_frame).key_frame


def test_costs_are_told_per_picture(film: list[EncodedPicture]) -> None:
    assert decode_cost_ms([unit.data for unit in film]) > 0
    assert encode_cost_ms(map(_picture, range(3)), 30, 500_000) > 0
