"""Offers and answers through the wheel: what is active is exactly what was offered and answered."""

import pytest

from tests.native_pjsua2.answerer import description
from tests.native_pjsua2.peer import OFFER, Answerer, Peer, code

HELD = OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
DECLINED_WITHOUT_ADDRESS = (
    "v=0\r\no=x 1 9 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "m=audio 5000 RTP/AVP 0\r\nc=IN IP4 127.0.0.1\r\nm=video 0 RTP/AVP 97\r\n"
)


def body(message: str) -> str:
    return message.partition("\r\n\r\n")[2]


def test_answer_and_offer_are_left_alone(ua: Answerer, peer: Peer) -> None:
    assert peer.set_up() == description(2)
    negotiated = ua.event("negotiated")
    assert negotiated["remote"] == OFFER
    assert negotiated["local"] == description(2)
    assert code(peer.hang_up(2)) == 200


def test_invite_without_offer_gets_one_in_the_200(ua: Answerer, peer: Peer) -> None:
    assert peer.set_up("") == description(1)
    assert ua.event("negotiated")["remote"] == OFFER
    assert code(peer.hang_up(2)) == 200


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize(
    "offer",
    [
        OFFER,
        HELD,
        OFFER.replace("5000", "0"),
        OFFER + "m=application 9 UDP/BFCP *\r\n",
        DECLINED_WITHOUT_ADDRESS,
    ],
    ids=["same", "held by address", "audio declined", "line added", "declined without c="],
)
def test_new_offer_in_a_call(peer: Peer, method: str, offer: str) -> None:
    peer.set_up()
    response = peer.final(peer.request(method, 2, offer))
    assert code(response) == 200
    assert body(response) == description(offer.count("m="), 2)
    if method == "INVITE":
        peer.send(peer.request("ACK", 2))
    assert code(peer.hang_up(3)) == 200


def test_re_invite_without_offer_gets_one(peer: Peer) -> None:
    peer.set_up()
    response = peer.final(peer.request("INVITE", 2))
    assert body(response) == description(1, 2)
    peer.send(peer.request("ACK", 2, OFFER))
    assert code(peer.hang_up(3)) == 200


def test_broken_offer_in_a_call_leaves_it_standing(peer: Peer) -> None:
    peer.set_up()
    assert code(peer.final(peer.request("UPDATE", 2, "v=0\r\nnothing of use"))) == 488
    assert code(peer.final(peer.request("UPDATE", 3, OFFER))) == 200
    assert code(peer.hang_up(4)) == 200


def test_info_waits_for_the_application(ua: Answerer, peer: Peer) -> None:
    peer.set_up()
    parts = "--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--\r\n"
    bodies = [
        ("application/media_control+xml", "<media_control/>", 200),
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", 200),
        ("text/plain", "?", 415),
        ("multipart/mixed;boundary=b", parts, 415),
    ]
    for cseq, (kind, text, expected) in enumerate(bodies, 2):
        assert code(peer.final(peer.request("INFO", cseq, text, kind=kind))) == expected
        seen = ua.event("info")
        assert seen["kind"] == kind.partition(";")[0]
        assert "one" in seen["body"] if text == parts else seen["body"] == text
    assert code(peer.hang_up(10)) == 200


def test_other_requests_in_a_call(peer: Peer) -> None:
    peer.set_up()
    assert code(peer.final(peer.request("OPTIONS", 2))) == 200
    assert code(peer.final(peer.request("NONSENSE", 3))) == 405
    assert code(peer.hang_up(4)) == 200


def test_session_timer_is_agreed(peer: Peer) -> None:
    timer = "Supported: timer\r\nSession-Expires: 1800;refresher=uac\r\n"
    response = peer.final(peer.request("INVITE", 1, OFFER, timer))
    assert "Session-Expires: 1800;refresher=uac" in response
    peer.send(peer.request("ACK", 1))
    assert code(peer.hang_up(2)) == 200


def test_offer_as_one_part_of_several(peer: Peer) -> None:
    sdp = f"--b\r\nContent-Type: application/sdp\r\n\r\n{OFFER}\r\n"
    parts = f"{sdp}--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    response = peer.final(peer.request("INVITE", 1, parts, kind="multipart/mixed;boundary=b"))
    assert body(response) == description(2)
    peer.send(peer.request("ACK", 1))
    assert code(peer.hang_up(2)) == 200


def test_many_more_calls_than_the_stock_wheel_can_hold(ua: Answerer) -> None:
    callers = [Peer(ua.ports["udp"], f"many{number}") for number in range(60)]
    for caller in callers:
        assert caller.set_up() == description(2)
    for caller in callers:
        assert code(caller.hang_up(2)) == 200
        caller.link.close()


def test_ipv6(ua: Answerer) -> None:
    caller = Peer(ua.ports["udp6"], "six", host="::1")
    assert caller.set_up() == description(2)
    assert code(caller.hang_up(2)) == 200
    caller.link.close()
