"""INFO within a call, both ways."""

from cms_media.base.types import LegId
from cms_media.conference.ports import Info
from cms_media.signalling.digit_queue import MAX_DIGITS
from cms_media.signalling.info_exchange import InfoExchange
from tests.signalling.fakes import FakeHost, connected, incoming


def between() -> tuple[InfoExchange, FakeHost, list[tuple[str, str]]]:
    """An exchange, its surroundings, and what it has sent."""
    host = FakeHost()
    sent: list[tuple[str, str]] = []
    leg = LegId("1")
    exchange = InfoExchange(
        leg, "10.0.0.2:5060", host, lambda event: host.post(leg, event), lambda *what: sent.append(what)
    )
    return exchange, host, sent


def test_info_from_the_peer() -> None:
    info, host, _ = between()
    assert info.on_request("application/dtmf-relay", "Signal=5\r\n") == 200
    assert info.on_request("application/media_control+xml", "<picture_fast_update/>") == 200
    assert info.on_request("application/dtmf-relay", "rubbish") == 400
    assert info.on_request("text/plain", "hello") == 415
    assert info.on_request("", "") == 200
    host.flush()
    assert host.events.seen == [("digits", "5"), ("picture_fast_update",)]
    assert host.counters.bad_info == 1


def test_digits_go_one_by_one() -> None:
    info, host, sent = between()
    info.dial("1x2")
    assert (len(sent), info.digits_queued) == (1, 1)
    info.on_answered()
    info.on_answered()
    assert [body[:8] for _, body in sent] == ["Signal=1", "Signal=2"]
    assert host.counters.dropped_digits == 1


def test_the_queue_of_digits_is_bounded() -> None:
    info, host, _ = between()
    info.dial("1" * (MAX_DIGITS + 5))
    assert host.counters.dropped_digits == 5


def test_a_leg_that_stands_asks_for_a_picture_and_another_does_not() -> None:
    leg, dialogue, _ = connected()
    leg.info.ask(Info.PICTURE_FAST_UPDATE)
    assert dialogue.asked[0][1] == "application/media_control+xml"
    leg, dialogue, host = incoming()
    leg.info.ask(Info.PICTURE_FAST_UPDATE)
    assert dialogue.asked == []
    assert host.counters.late_commands == 1


def test_what_came_of_a_leg_that_has_ended_since_is_not_told() -> None:
    leg, _, host = connected()
    leg.info.on_request("application/dtmf-relay", "Signal=5\r\n")
    leg.on_disconnected(200, "BYE")
    host.flush()
    assert host.events.names == ["ended"]
