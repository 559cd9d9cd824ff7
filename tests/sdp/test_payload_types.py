"""Numbers of our offers."""

from cms_media.codecs.table import Codec
from cms_media.sdp.description import MediaDescription, SessionDescription
from cms_media.sdp.payload_types import DYNAMIC, Meaning, assign

WANTED: list[Meaning] = [(Codec.OPUS, 0), (Codec.PCMA, 0), (None, 8000)]


def _line(text: str) -> MediaDescription:
    return SessionDescription.parse(text).media[0]


def test_a_fresh_offer_has_the_preferred_numbers() -> None:
    assert assign(WANTED, []) == (107, 8, 101)
    assert assign(WANTED, [None]) == (107, 8, 101)


def test_numbers_of_earlier_lines_stay() -> None:
    ours = _line("m=audio 1 RTP/AVP 120\na=rtpmap:120 opus/48000/2\n")
    theirs = _line("m=audio 1 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/8000\n")
    assert assign(WANTED, [ours, theirs]) == (120, 8, 97)


def test_a_number_with_another_meaning_is_left_alone() -> None:
    theirs = _line("m=audio 1 RTP/AVP 107 101\na=rtpmap:107 iLBC/8000\na=rtpmap:101 opus/48000/2\n")
    assert assign(WANTED, [theirs]) == (101, 8, 96)


def test_one_number_never_gets_two_meanings() -> None:
    ours = _line("m=audio 1 RTP/AVP 96\na=rtpmap:96 telephone-event/8000\n")
    theirs = _line("m=audio 1 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n")
    numbers = assign(WANTED, [ours, theirs])
    assert len(set(numbers)) == 3


def test_all_dynamic_numbers_taken_does_not_end_the_offer() -> None:
    text = "".join(f"a=rtpmap:{number} X/8000\n" for number in DYNAMIC)
    theirs = _line(f"m=audio 1 RTP/AVP {' '.join(map(str, DYNAMIC))}\n{text}")
    assert len(set(assign(WANTED, [theirs]))) == 3
