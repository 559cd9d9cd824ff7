"""Whatever text comes, SDP raises only its own errors; the corpus holds real offers and past trouble."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms_media.sdp.description import NothingInCommon, SdpError, SessionDescription
from cms_media.sdp.negotiation import Capabilities, answer, apply_answer, needed, offer
from tests.sdp.legs import local

CORPUS = sorted((Path(__file__).parent / "sdp").glob("*.sdp"))
CAPABILITIES = Capabilities()
_TEXTS = [path.read_text() for path in CORPUS]
_LINES = sorted({line for text in _TEXTS for line in text.splitlines()})


def negotiate(text: str) -> None:
    """Everything that a peer's text can reach, as an offer, as an answer and as what came before."""
    try:
        description = SessionDescription.parse(text)
    except SdpError:
        return
    assert SessionDescription.parse(str(description)).media == description.media
    mine = local()
    lines = needed(description, CAPABILITIES)
    assert len(lines) == len(description.media)
    with suppress(NothingInCommon):
        made = answer(description, CAPABILITIES, mine)
        assert len(made.plans) == len(made.description.media) == len(description.media)
        again = SessionDescription.parse(str(made.description))
        assert again == made.description
        offer(CAPABILITIES, local(previous=again, remote=description))
    with suppress(NothingInCommon):
        apply_answer(offer(CAPABILITIES, mine), description, CAPABILITIES, mine)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    negotiate(text)
    for end in range(0, len(text), 7):
        negotiate(text[:end])


@settings(max_examples=500, deadline=None)
@given(st.text())
@example("m=audio 1 RTP/AVP \x00")
@example("c=IN IP4 1.2.3.4\nm=audio 1 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=ptime:0\na=maxptime:1\n")
def test_any_text(text: str) -> None:
    negotiate(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_LINES), max_size=60))
def test_any_order_of_real_lines(lines: list[str]) -> None:
    negotiate("c=IN IP4 192.0.2.1\n" + "\n".join(lines))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(_TEXTS), st.integers(0, 4000), st.text(max_size=12), st.integers(0, 12))
def test_real_offers_with_a_piece_replaced(text: str, at: int, piece: str, gone: int) -> None:
    at %= len(text)
    negotiate(text[:at] + piece + text[at + gone :])


_VALUE = st.text(st.sampled_from("0123456789:;=|/-. *abcdef\u0661"), max_size=24)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(["rtpmap", "fmtp", "crypto", "rtcp", "rtcp-fb", "ptime", "maxptime", "content"]),
    _VALUE,
    st.sampled_from(_TEXTS),
)
def test_any_attribute_value(name: str, value: str, text: str) -> None:
    negotiate(f"{text}a={name}:{value}\r\n")
