"""Requests outside a dialogue and broken ones: each gets the answer of RFC 3261 section 8.2, none gets silence."""

import re
from collections.abc import Callable

import pytest

from tests.native_pjsua2.peer import OFFER, Answerer, Peer, code

Request = Callable[[Peer], str]


def invite(old: str = "", new: str = "", *, extra: str = "") -> Request:
    """A good INVITE with one thing replaced; `old` is a regular expression."""

    def build(peer: Peer) -> str:
        text = peer.request("INVITE", 1, OFFER, extra)
        changed = re.sub(old, lambda _: new, text, count=1) if old else text
        assert changed != text or extra
        return changed

    return build


WRONG = {
    "via with empty parameters": (400, invite(";rport", ";;,;;,,")),
    "content-length too long": (400, invite(r"Content-Length: \d+", "Content-Length: 9999")),
    "content-length negative": (400, invite(r"Content-Length: \d+", "Content-Length: -999")),
    "content-length twice": (400, invite("Content-Length", "Content-Length: 13\r\nContent-Length")),
    "body without type": (400, invite("Content-Type: application/sdp\r\n", "")),
    "cseq overflow": (400, invite("CSeq: 1 ", "CSeq: 36893488147419103232 ")),
    "cseq of another method": (400, invite("1 INVITE", "1 OPTIONS")),
    "cseq twice": (400, invite("CSeq: 1 INVITE", "CSeq: 5 INVITE\r\nCSeq: 8 BYE")),
    "max-forwards out of range": (400, invite("Forwards: 70", "Forwards: 300")),
    "quote left open": (400, invite("To: <", 'To: "J. User <')),
    "request-uri in brackets": (400, invite(r"sip:room@127\.0\.0\.1:\d+", "<sip:room@127.0.0.1>")),
    "blank in request-uri": (400, invite(" SIP/2.0", "; lr SIP/2.0")),
    "another version": (505, invite(" SIP/2.0", " SIP/7.0")),
    "no call-id": (400, invite("Call-ID: .*\r\n", "")),
    "no from": (400, invite("From: .*\r\n", "")),
    "no contact": (400, invite("Contact: .*\r\n", "")),
    "contact that cannot be called": (400, invite("Contact: <sip:t@", "Contact: <name:t@")),
    "unknown scheme": (416, invite(r"sip:room@127\.0\.0\.1:\d+", "nobodyKnows:opaque")),
    "telephone number": (416, invite(r"sip:room@127\.0\.0\.1:\d+", "tel:+1234")),
    "unknown extension required": (420, invite(extra="Require: nothingSupportsThis, 100rel\r\n")),
    "unknown content": (415, invite("application/sdp", "application/unknown")),
    "encoded content": (415, invite(extra="Content-Encoding: gzip\r\n")),
    "caller cannot read SDP": (406, invite(extra="Accept: text/plain\r\n")),
    "broken SDP": (400, lambda peer: peer.request("INVITE", 1, "v=0\r\nnothing of use")),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_request_is_refused(peer: Peer, name: str) -> None:
    expected, build = WRONG[name]
    response = peer.final(build(peer))
    assert code(response) == expected, response
    assert re.search(r"^To:.*;tag=", response, re.MULTILINE)


REFUSED = {"REGISTER": 405, "MESSAGE": 405, "SUBSCRIBE": 405, "REFER": 405, "PUBLISH": 405, "NONSENSE": 501}
WITHOUT_CALL = ["BYE", "CANCEL", "PRACK", "UPDATE", "INFO", "NOTIFY"]


@pytest.mark.parametrize("method", REFUSED)
def test_method_that_is_not_served(peer: Peer, method: str) -> None:
    response = peer.final(peer.request(method, 1))
    assert code(response) == REFUSED[method]
    assert re.search("^Allow: .*INVITE", response, re.MULTILINE)


@pytest.mark.parametrize("method", WITHOUT_CALL)
def test_method_that_needs_a_dialogue(peer: Peer, method: str) -> None:
    assert code(peer.final(peer.request(method, 1))) == 481


def test_options_says_what_we_can_do(peer: Peer) -> None:
    response = peer.final(peer.request("OPTIONS", 1))
    assert code(response) == 200
    assert "Accept: application/sdp" in response
    assert re.search("^Allow: .*UPDATE", response, re.MULTILINE)
    assert re.search("^Supported: .*timer", response, re.MULTILINE)


def test_max_forwards_zero_concerns_proxies_only(peer: Peer) -> None:
    """RFC 4475 section 3.3.11."""
    assert code(peer.final(peer.request("OPTIONS", 1).replace("Forwards: 70", "Forwards: 0"))) == 200


def test_unsupported_names_only_what_we_lack(peer: Peer) -> None:
    response = peer.final(invite(extra="Require: nothingSupportsThis, 100rel\r\n")(peer))
    assert "Unsupported: nothingSupportsThis\r\n" in response


def test_retransmission_of_a_broken_request_gets_the_same_answer(peer: Peer) -> None:
    broken = invite("To: <", 'To: "J. User <')(peer)
    assert peer.final(broken) == peer.final(broken)


@pytest.mark.parametrize(
    "data",
    [
        b"garbage, more than a keep-alive has\r\n\r\n",
        bytes(range(1, 256)),
        b"INVITE sip:a\0b SIP/2.0\r\nFrom: nobody\r\n\r\n",
        b"SIP/2.0 99999999999 x\r\nFrom: nobody\r\n\r\n",
    ],
    ids=["text", "bytes", "nul", "status"],
)
def test_noise_is_counted(ua: Answerer, peer: Peer, data: bytes) -> None:
    before = ua.ask("counters", "counters")
    peer.send(data)
    assert code(peer.final(peer.request("OPTIONS", 1))) == 200
    after = ua.ask("counters", "counters")
    assert after["counters"]["dropped_malformed"] == before["counters"].get("dropped_malformed", 0) + 1
    count, kind, sender, _ = after["fault"]
    assert (count, kind, sender) == (before["fault"][0] + 1, "malformed", peer.address)


def test_a_response_is_never_answered(ua: Answerer, peer: Peer) -> None:
    """Two agents that answer each other's broken answers would never stop."""
    peer.send(
        peer.request("OPTIONS", 1)
        .replace("OPTIONS sip:room", "SIP/2.0 4294967301 no")
        .replace("To: <", "To: <<")
    )
    assert code(peer.final(peer.request("OPTIONS", 2))) == 200
