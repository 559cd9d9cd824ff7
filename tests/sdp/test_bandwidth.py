"""b= lines in both directions."""

import pytest

from cms_media.sdp.bandwidth import own_bandwidths, peer_bitrate_bps, session_bandwidths
from cms_media.sdp.description import SessionDescription


@pytest.mark.parametrize(
    ("session", "line", "expected"),
    [
        ("", "", 2_000_000),
        ("", "b=TIAS:500000", 500_000),
        ("", "b=AS:1000", 950_000),
        ("", "b=AS:9000\nb=TIAS:700000", 700_000),
        ("", "b=TIAS:9000000", 2_000_000),
        ("", "b=TIAS:0", 0),
        ("", "b=AS:0", 0),
        ("", "b=RR:5\nb=X-YZ:5\nb=nonsense\nb=AS:x", 2_000_000),
        ("b=TIAS:500000", "", 436_000),
        ("b=AS:512", "b=TIAS:300000", 300_000),
        ("b=CT:512", "", 422_400),
        ("b=CT:64", "", 64_000),
        ("b=AS:0", "", 2_000_000),
    ],
)
def test_what_the_peer_takes(session: str, line: str, expected: int) -> None:
    description = SessionDescription.parse(f"v=0\n{session}\nm=video 1 RTP/AVP 96\n{line}\n")
    assert peer_bitrate_bps(description, description.media[0], 2_000_000) == expected


def test_audio_has_the_whole_session_bandwidth() -> None:
    description = SessionDescription.parse("b=AS:32\nm=audio 1 RTP/AVP 0\n")
    assert peer_bitrate_bps(description, description.media[0], 510_000) == 30_400


@pytest.mark.parametrize("bitrate_bps", [64_000, 333_333, 2_000_000, 19_999_999])
def test_who_reads_what_we_write_has_no_less(bitrate_bps: int) -> None:
    lines = "".join(f"b={item}\n" for item in own_bandwidths(bitrate_bps))
    ours = SessionDescription.parse(f"m=audio 1 RTP/AVP 0\nm=video 1 RTP/AVP 96\n{lines}")
    whole = "".join(f"b={item}\n" for item in session_bandwidths(ours.media))
    for kept in ("TIAS", "AS", "none"):
        shown = "".join(f"{line}\n" for line in lines.splitlines() if kept in line)
        read = SessionDescription.parse(f"{whole}m=audio 1 RTP/AVP 0\nm=video 1 RTP/AVP 96\n{shown}")
        assert bitrate_bps <= peer_bitrate_bps(read, read.media[1], 10**9) <= bitrate_bps + 1_000


def test_no_video_no_session_bandwidth() -> None:
    assert session_bandwidths(SessionDescription.parse("m=audio 1 RTP/AVP 0\n").media) == ()
