"""The command line of the test endpoint refuses by name what it cannot do."""

import pytest

from cms_media.base.errors import RequestError
from cms_media.codecs.table import Codec
from cms_media.endpoint.options import DialOptions, SipTransport, parse_codecs, parse_size
from cms_media.endpoint.video import fitting_size
from cms_media.layout.types import Size
from cms_media.sdp.plan import VideoLimits


def test_sizes() -> None:
    assert parse_size("1280x720") == Size(1280, 720)


@pytest.mark.parametrize("text", ["", "720p", "0x0", "641x361", "x", "10000x10000", "-2x4"])
def test_wrong_sizes_are_named(text: str) -> None:
    with pytest.raises(RequestError, match="--size"):
        parse_size(text)


def test_codecs_in_any_case_and_in_order() -> None:
    assert parse_codecs("h264, PCMU") == (Codec.H264, Codec.PCMU)


def test_an_unknown_codec_is_named() -> None:
    with pytest.raises(RequestError, match="speex"):
        parse_codecs("opus,speex")


def test_transport_goes_into_the_uri_once() -> None:
    assert DialOptions("sip:a@b", transport=SipTransport.TLS).target == "sip:a@b;transport=tls"
    assert DialOptions("sip:a@b;transport=tcp", transport=SipTransport.TLS).target == "sip:a@b;transport=tcp"


def test_the_peer_limits_the_picture() -> None:
    assert fitting_size(Size(1280, 720), VideoLimits(frame_size_mb=3600)) == Size(1280, 720)
    assert fitting_size(Size(1280, 720), VideoLimits(frame_size_mb=1000)) == Size(640, 360)
    assert fitting_size(Size(352, 288), VideoLimits(frame_size_mb=300)) == Size(320, 180)
