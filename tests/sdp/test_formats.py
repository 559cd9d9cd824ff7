"""What payload types mean."""

import pytest

from cms_media.base.types import MediaKind
from cms_media.codecs.table import Codec
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.formats import EventFormat, best_of, event_for, events_of, formats_of, kind_of
from cms_media.sdp.peer_stream import packet_time_ms


def _line(text: str) -> MediaDescription:
    return SessionDescription.parse(text).media[0]


@pytest.mark.parametrize(
    ("text", "codecs"),
    [
        ("m=audio 1 RTP/AVP 0 8 9", [Codec.PCMU, Codec.PCMA, Codec.G722]),
        ("m=audio 1 RTP/AVP 3 4 18", []),
        ("m=audio 1 RTP/AVP 0\na=rtpmap:0 PCMA/8000", [Codec.PCMA]),
        ("m=audio 1 RTP/AVP 0\na=rtpmap:0 pcmu/8000", [Codec.PCMU]),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:96 PCMU/16000", []),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:96 PCMU/8000/2", []),
        ("m=audio 1 RTP/AVP 9\na=rtpmap:9 G722/16000", [Codec.G722]),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:96 OPUS/48000/2", [Codec.OPUS]),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:96 opus/48000", []),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:96 VP8/90000", []),
        ("m=audio 1 RTP/AVP 96\na=rtpmap:97 opus/48000/2", []),
        ("m=video 1 RTP/AVP 96 0\na=rtpmap:96 VP8/90000", [Codec.VP8]),
        ("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=2", []),
        ("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 profile-level-id=zz", []),
        ("m=video 1 RTP/AVP 96\na=rtpmap:96 H264/90000", [Codec.H264]),
    ],
)
def test_codecs(text: str, codecs: list[Codec]) -> None:
    assert [item.codec for item in formats_of(_line(text))] == codecs


def test_fragmentation_comes_before_profile_and_baseline_before_high() -> None:
    line = _line(
        "m=video 1 RTP/AVP 96 97 98 99\n"
        + "".join(f"a=rtpmap:{number} H264/90000\n" for number in range(96, 100))
        + "a=fmtp:96 profile-level-id=42e01f\n"
        "a=fmtp:97 profile-level-id=640028;packetization-mode=1\n"
        "a=fmtp:98 profile-level-id=42e01f;packetization-mode=1\n"
        "a=fmtp:99 profile-level-id=4d001f;packetization-mode=1\n"
    )
    best = best_of(formats_of(line), (Codec.VP8, Codec.H264))
    assert best is not None
    assert best.payload_type == 98


def test_events_prefer_the_codecs_own_clock() -> None:
    line = _line(
        "m=audio 1 RTP/AVP 101 102\na=rtpmap:101 telephone-event/8000\na=rtpmap:102 TELEPHONE-EVENT/48000\n"
    )
    events = events_of(line)
    assert events == (EventFormat(101, 8000), EventFormat(102, 48000))
    assert event_for(Codec.OPUS, events) == events[1]
    assert event_for(Codec.PCMU, events) == events[0]
    assert event_for(Codec.PCMU, events[1:]) == events[1]
    assert event_for(Codec.PCMU, ()) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("m=audio 1 RTP/AVP 0", MediaKind.AUDIO),
        ("m=video 1 RTP/AVP 96", MediaKind.VIDEO),
        ("m=video 1 RTP/AVP 96\na=content:main", MediaKind.VIDEO),
        ("m=video 1 RTP/AVP 96\na=content:slides", None),
        ("m=video 1 RTP/AVP 96\na=content:alt", None),
        ("m=application 1 UDP/BFCP *", None),
        ("m=text 1 RTP/AVP 98", None),
    ],
)
def test_kinds(text: str, kind: MediaKind | None) -> None:
    assert kind_of(_line(text)) == kind


@pytest.mark.parametrize(
    ("attributes", "expected_ms"),
    [
        ("", 20),
        ("a=ptime:20", 20),
        ("a=ptime:10", 20),
        ("a=ptime:30", 20),
        ("a=ptime:40", 40),
        ("a=ptime:60\na=maxptime:40", 40),
        ("a=ptime:200", 60),
        ("a=maxptime:10", 20),
    ],
)
def test_packet_time_is_whole_ticks_within_limits(attributes: str, expected_ms: int) -> None:
    assert packet_time_ms(_line(f"m=audio 1 RTP/AVP 0\n{attributes}\n"), 20) == expected_ms
