import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms_media.signalling.info_bodies import (
    DTMF_RELAY_TYPE,
    DTMF_TYPE,
    MEDIA_CONTROL_TYPE,
    Digits,
    InfoBodyError,
    InfoRequest,
    dtmf_relay,
    parse_info,
    picture_fast_update,
)


@pytest.mark.parametrize(
    ("body", "digits"),
    [
        ("Signal=5\r\nDuration=160\r\n", "5"),
        ("Signal= 5\nDuration= 160", "5"),
        ("signal = #\r\n", "#"),
        ("Duration=100\r\nSignal=*\r\n", "*"),
        ("Signal=11\r\nDuration=250\r\n", "#"),
        ("Signal=a\r\n", "A"),
    ],
)
def test_relayed_digit(body: str, digits: str) -> None:
    assert parse_info(DTMF_RELAY_TYPE, body) == Digits(digits)


@pytest.mark.parametrize(
    "body", ["", "Duration=160\r\n", "Signal=\r\n", "Signal=x\r\n", "Signal=" + "1" * 33]
)
def test_unreadable_relay(body: str) -> None:
    with pytest.raises(InfoBodyError):
        parse_info(DTMF_RELAY_TYPE, body)


def test_plain_dtmf() -> None:
    assert parse_info("Application/DTMF; charset=utf-8", " 7\r\n") == Digits("7")


def test_too_long() -> None:
    with pytest.raises(InfoBodyError):
        parse_info(DTMF_TYPE, "1" * 5000)


def test_own_bodies_are_understood() -> None:
    for digit in "0123456789*#ABCD":
        assert parse_info(DTMF_RELAY_TYPE, dtmf_relay(digit)) == Digits(digit)
    assert parse_info(MEDIA_CONTROL_TYPE, picture_fast_update()) is InfoRequest.PICTURE_FAST_UPDATE


def test_own_digit_must_be_one() -> None:
    with pytest.raises(ValueError, match="not a DTMF digit"):
        dtmf_relay("12")


@pytest.mark.parametrize(
    "body",
    [
        "<media_control><vc_primitive><to_encoder><picture_fast_update></picture_fast_update></to_encoder>"
        "</vc_primitive></media_control>",
        "<mc:media_control><mc:picture_fast_update/></mc:media_control>",
        "<?xml version='1.0'?> < picture_fast_update />",
    ],
)
def test_picture_fast_update_spellings(body: str) -> None:
    assert parse_info(MEDIA_CONTROL_TYPE, body) is InfoRequest.PICTURE_FAST_UPDATE


def test_other_requests_are_nothing() -> None:
    assert parse_info(MEDIA_CONTROL_TYPE, "<media_control/>") is InfoRequest.NOTHING_KNOWN
    assert parse_info("text/plain", "hello") is InfoRequest.UNKNOWN_TYPE
    assert parse_info("", "") is InfoRequest.NOTHING_KNOWN


@given(st.sampled_from([DTMF_RELAY_TYPE, DTMF_TYPE, MEDIA_CONTROL_TYPE, "", "x/y"]), st.text(max_size=300))
def test_only_its_own_error(content_type: str, body: str) -> None:
    with contextlib.suppress(InfoBodyError):
        parse_info(content_type, body)


@given(st.text(alphabet="SsIiGgNnAaLl=\r\n\t 0123456789#*<>/picture_fast_update", max_size=120))
def test_only_its_own_error_near_the_grammar(body: str) -> None:
    for content_type in (DTMF_RELAY_TYPE, MEDIA_CONTROL_TYPE):
        with contextlib.suppress(InfoBodyError):
            parse_info(content_type, body)


def test_what_was_keyed_is_not_in_the_error() -> None:
    with pytest.raises(InfoBodyError) as raised:
        parse_info(DTMF_TYPE, "4711 9")
    assert "4711" not in str(raised.value)
