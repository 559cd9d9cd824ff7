"""Text of session descriptions: what is read, what is refused, what is printed."""

import pytest

from cms_media.sdp.attributes import Attribute, Bandwidth, Connection, Direction, Rtpmap
from cms_media.sdp.description import Origin, SdpError, SessionDescription

TEXT = """v=0
o=alice 11 12 IN IP4 10.0.0.1
s=Talk
c=IN IP4 10.0.0.1
b=AS:2000
t=0 0
a=sendonly
m=audio 4000 RTP/AVP 0 96
a=rtpmap:96 opus/48000/2
a=fmtp:96 useinbandfec=1; Stereo=0
a=rtcp:4010 IN IP4 10.0.0.2
a=ptime:20.0
a=maxptime:60
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0 UNENCRYPTED_SRTCP
m=video 0 rtp/savpf 97 98
c=IN IP6 2001:db8::1
b=TIAS:64000
a=rtcp-mux
a=recvonly
a=rtcp-fb:* nack  PLI
a=rtcp-fb:97 ccm fir
a=content:SLIDES,alt
a=label:3
"""


def test_every_typed_part() -> None:
    description = SessionDescription.parse(TEXT)
    assert description.origin == Origin("alice", 11, 12, "10.0.0.1")
    assert (description.name, description.connection) == ("Talk", Connection("10.0.0.1"))
    assert description.bandwidths == (Bandwidth("AS", 2000),)
    audio, video = description.media
    assert (audio.media, audio.port, audio.protocol, audio.payload_types) == (
        "audio",
        4000,
        "RTP/AVP",
        (0, 96),
    )
    assert audio.rtpmaps == {96: Rtpmap(96, "opus", 48000, 2)}
    assert audio.fmtps[96].parameters == {"useinbandfec": "1", "stereo": "0"}
    assert audio.rtcp is not None
    assert (audio.rtcp.port, audio.rtcp.address) == (4010, "10.0.0.2")
    assert (audio.ptime_ms, audio.maxptime_ms) == (20, 60)
    assert audio.cryptos[0].session_params == ("UNENCRYPTED_SRTCP",)
    assert not audio.rtcp_mux
    assert description.direction_of(audio) is Direction.SENDONLY
    assert video.protocol == "rtp/savpf"
    assert video.rtcp_mux
    assert description.direction_of(video) is Direction.RECVONLY
    assert description.connection_of(video) == Connection("2001:db8::1")
    assert video.bandwidth("TIAS") == 64_000
    assert video.feedback(97) == {"nack pli", "ccm fir"}
    assert video.feedback(98) == {"nack pli"}
    assert (video.content, video.label) == ("slides", "3")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", " \t\n", "\n\n"])
def test_any_line_end_gives_the_same_and_crlf_comes_out(line_end: str) -> None:
    description = SessionDescription.parse(TEXT.replace("\n", line_end))
    assert description == SessionDescription.parse(TEXT)
    printed = str(description)
    assert printed.count("\n") == printed.count("\r\n") == len(TEXT.splitlines())
    assert SessionDescription.parse(printed) == description


def test_missing_session_lines_have_defaults() -> None:
    description = SessionDescription.parse("m=audio 4000 RTP/AVP 0\n")
    assert description.origin == Origin()
    assert description.times == ("0 0",)
    assert str(description).startswith("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")


def test_unknown_lines_are_counted_and_passed_over() -> None:
    description = SessionDescription.parse("v=0\nthis is no line\ni=info\nx=1\nm=audio 1 RTP/AVP 0\n")
    assert description.ignored_lines == 3
    assert len(description.media) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("\r\n\r\n", 0),
        ("hello", 0),
        ("v=1\n", 1),
        ("v=0\nm=audio\n", 2),
        ("v=0\nm=audio x RTP/AVP 0\n", 2),
        ("v=0\nm=audio 65536 RTP/AVP 0\n", 2),
        ("v=0\nm=audio \u0661 RTP/AVP 0\n", 2),
        ("v=0\nm=audio -1 RTP/AVP 0\n", 2),
        ("v=0\nm=audio 1 RTP/AVP \u00e9\n", 2),
        ("v=0\nm=audio 1 RTP/AVP " + " ".join(map(str, range(49))), 2),
        ("v=0\nc=IN IP4\n", 2),
        ("v=0\nc=ATM NSAP 47.0091\n", 2),
        ("v=0\n" + "m=audio 1 RTP/AVP 0\n" * 17, 18),
        ("v=0\n" + "a=x\n" * 129, 130),
        ("v=0\n" + "b=AS:1\n" * 9, 10),
        ("v=0\n" + "x" * 32_768, 0),
    ],
)
def test_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(SdpError) as caught:
        SessionDescription.parse(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "attributes",
    [
        "rtpmap:0 PCMU",
        "rtpmap:x PCMU/8000",
        "rtpmap:0 PCMU/0",
        "rtpmap:128 PCMU/8000",
        "rtpmap:0 PCMU/8000/1/1",
        "fmtp:x a=b",
        "crypto:1 AES",
        "crypto:x AES inline:x",
        "crypto:",
        "rtcp:x",
        "rtcp:0",
        "rtcp:",
        "rtcp-fb:x nack",
        "rtcp-fb:*",
        "ptime:x",
        "ptime:99999",
        "content",
    ],
)
def test_a_broken_attribute_is_as_an_unknown_one(attributes: str) -> None:
    media = SessionDescription.parse(f"m=audio 1 RTP/AVP 0\na={attributes}\n").media[0]
    assert (media.rtpmaps, media.fmtps, media.cryptos, media.rtcp) == ({}, {}, (), None)
    assert (media.feedback(0), media.ptime_ms, media.content) == (frozenset(), None, None)


@pytest.mark.parametrize("direction", list(Direction))
def test_direction_is_its_two_facts(direction: Direction) -> None:
    assert Direction.of(sends=direction.sends, receives=direction.receives) is direction


def test_multicast_suffixes_are_dropped_from_the_address() -> None:
    assert Connection.parse("IN IP4 224.2.1.1/127/3") == Connection("224.2.1.1")


def test_a_key_is_not_in_a_repr() -> None:
    description = SessionDescription.parse(TEXT)
    assert "c2VjcmV0" not in repr(description)
    assert "c2VjcmV0" not in repr(description.media[0].cryptos)
    assert Attribute("mid", "0") == Attribute.parse("mid:0")
