"""Every signalling case, with sipp as the peer: tests/interop/sipp/<case>.xml says what the peer does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.sip_process import SipProcess, sip_process
from tests.interop.sipp import Sipp

pytestmark = pytest.mark.interop

CREDENTIALS = [{"realm": "example.org", "username": "alice", "password": "wonderland"}]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SipProcess]:
    with sip_process(tmp_path_factory.mktemp("sip"), credentials=CREDENTIALS) as process:
        yield process


def names(story: list[dict[str, object]]) -> list[object]:
    return [event["event"] for event in story]


CALLS_IN = [
    # scenario, dialled name, events, code and reason of the end
    ("call_with_offer", "meet", ["invite", "connected", "ended"], 200),
    ("call_with_offer", "late", ["invite", "connected", "ended"], 200),
    ("call_without_offer", "meet", ["invite", "answer", "connected", "ended"], 200),
    ("multipart_offer", "meet", ["invite", "connected", "ended"], 200),
    ("ack_without_answer", "meet", ["invite", "connected", "ended"], 488),
    ("cancel", "never", ["invite", "ended"], 487),
    ("bye_from_bridge", "leaver", ["invite", "connected", "ended"], 200),
    ("reliable_provisional", "late", ["invite", "connected", "ended"], 200),
    ("reliable_provisional", "meet", ["invite", "connected", "ended"], 200),
    ("timer_refresh_by_peer", "meet", ["invite", "connected", "offer", "ended"], 200),
    ("hold_and_resume", "meet", ["invite", "connected", "offer", "offer", "ended"], 200),
    ("add_video", "meet", ["invite", "connected", "offer", "ended"], 200),
    ("add_video", "thinker", ["invite", "connected", "offer", "ended"], 200),
    (
        "reinvite_cancelled",
        "thinker",
        ["invite", "connected", "offer", "offer_failed", "offer", "ended"],
        200,
    ),
    ("reinvite_without_offer", "meet", ["invite", "connected", "offer", "answer", "ended"], 200),
    ("reinvite_without_offer", "thinker", ["invite", "connected", "offer", "answer", "ended"], 200),
    ("refused_reinvite", "stubborn", ["invite", "connected", "offer", "ended"], 200),
    ("broken_reinvite", "meet", ["invite", "connected", "ended"], 200),
    ("update_with_offer", "meet", ["invite", "connected", "offer", "offer", "ended"], 200),
    ("update_adds_video", "meet", ["invite", "connected", "offer", "ended"], 200),
    ("update_adds_video", "thinker", ["invite", "connected", "offer", "ended"], 200),
    ("options_inside", "meet", ["invite", "connected", "ended"], 200),
    ("info_unreadable", "meet", ["invite", "connected", "ended"], 200),
    ("info_dtmf", "meet", ["invite", "connected", "digits", "digits", "ended"], 200),
    ("info_fast_update", "meet", ["invite", "connected", "picture_fast_update", "ended"], 200),
    ("refer", "meet", ["invite", "connected", "ended"], 200),
    ("refused_404", "nobody", ["invite", "ended"], 404),
    ("refused_486", "busy", ["invite", "ended"], 486),
    ("refused_488", "deaf", ["invite", "ended"], 488),
    ("refused_503", "full", ["invite", "ended"], 503),
    ("offer_from_bridge", "holder", ["invite", "connected", "answer", "ended"], 200),
    ("video_from_bridge", "grower", ["invite", "connected", "answer", "ended"], 200),
    ("offer_from_bridge_refused", "holder", ["invite", "connected", "offer_failed", "ended"], 200),
    ("offers_cross", "holder", ["invite", "connected", "answer", "ended"], 200),
    ("info_from_bridge", "dialler", ["invite", "connected", "ended"], 200),
    ("fast_update_from_bridge", "gazer", ["invite", "connected", "ended"], 200),
]


@pytest.mark.parametrize(("scenario", "user", "events", "code"), CALLS_IN)
def test_call_in(
    stack: SipProcess, tmp_path: Path, scenario: str, user: str, events: list[str], code: int
) -> None:
    since = len(stack.events)
    Sipp(scenario, tmp_path, f"127.0.0.1:{stack.udp}", user).finish()
    story = stack.story(since)
    assert names(story) == events
    assert story[-1]["code"] == code


@pytest.mark.parametrize(
    "scenario", ["options_outside", "unknown_method", "stray_bye", "timer_too_short", "broken_offer"]
)
def test_no_call_comes_of_it(stack: SipProcess, tmp_path: Path, scenario: str) -> None:
    since = len(stack.events)
    Sipp(scenario, tmp_path, f"127.0.0.1:{stack.udp}").finish()
    assert [event for event in stack.events[since:] if event["leg"]] == []


def test_what_the_domain_learns_of_a_caller(stack: SipProcess, tmp_path: Path) -> None:
    since = len(stack.events)
    peer = Sipp("custom_headers", tmp_path, f"127.0.0.1:{stack.udp}", "meet%20me")
    peer.finish()
    invite = stack.story(since)[0]
    assert invite["to_user"] == "meet me"
    assert invite["from_uri"] == "sip:peer@127.0.0.1"
    assert invite["from_name"] == "Peer"
    assert invite["user_agent"] == "Room Kit"
    assert invite["headers"] == {"x-tenant": "seven"}
    assert invite["peer"] == f"127.0.0.1:{peer.port}"
    assert invite["local"] == "127.0.0.1"


CALLS_OUT = [
    ("called_hangs_up", ["ringing", "answer", "connected", "ended"], 200),
    ("called_busy", ["ended"], 486),
    ("called_refuses_digest", ["ended"], 401),
]


@pytest.mark.parametrize(("scenario", "events", "code"), CALLS_OUT)
def test_call_out(stack: SipProcess, tmp_path: Path, scenario: str, events: list[str], code: int) -> None:
    since = len(stack.events)
    peer = Sipp(scenario, tmp_path)
    peer.wait_until_bound()
    stack.tell(do="dial", leg=scenario, uri=f"sip:bob@127.0.0.1:{peer.port}")
    peer.finish()
    story = stack.story(since)
    assert names(story) == events
    assert story[-1]["code"] == code


@pytest.mark.parametrize("scenario", ["called", "called_challenges_401", "called_challenges_407"])
def test_call_out_and_hang_up(stack: SipProcess, tmp_path: Path, scenario: str) -> None:
    since = len(stack.events)
    peer = Sipp(scenario, tmp_path)
    peer.wait_until_bound()
    address = f"127.0.0.1:{peer.port}"
    stack.tell(do="dial", leg=scenario, uri=address, headers={"X-Tenant": "seven"}, **{"from": "alice"})
    stack.wait(lambda event: event["leg"] == scenario and event["event"] == "connected", since)
    stack.tell(do="hang_up", leg=scenario)
    peer.finish()
    assert names(stack.story(since))[-3:] == ["answer", "connected", "ended"]


def test_dialling_a_name(stack: SipProcess, tmp_path: Path) -> None:
    since = len(stack.events)
    peer = Sipp("called_busy", tmp_path)
    peer.wait_until_bound()
    stack.tell(do="dial", leg="name", uri=f"sip:bob@localhost:{peer.port}")
    peer.finish()
    assert stack.story(since)[-1]["code"] == 486


def test_giving_up_while_it_rings(stack: SipProcess, tmp_path: Path) -> None:
    since = len(stack.events)
    peer = Sipp("called_cancelled", tmp_path)
    peer.wait_until_bound()
    stack.tell(do="dial", leg="cancelled", uri=f"sip:bob@127.0.0.1:{peer.port}")
    stack.wait(lambda event: event["leg"] == "cancelled" and event["event"] == "ringing", since)
    stack.tell(do="hang_up", leg="cancelled", code=487)
    peer.finish()
    assert names(stack.story(since)) == ["ringing", "ended"]


def test_nobody_there(stack: SipProcess) -> None:
    since = len(stack.events)
    stack.tell(do="dial", leg="tcp", uri="sip:bob@127.0.0.1:9;transport=tcp")
    stack.tell(do="dial", leg="nonsense", uri="sip:")
    stack.tell(do="dial", leg="unknown", uri=f"sip:bob@{'x' * 64}.invalid")
    codes = {
        leg: stack.wait(lambda event, leg=leg: event["leg"] == leg and event["event"] == "ended", since)[
            "code"
        ]
        for leg in ("tcp", "nonsense", "unknown")
    }
    assert codes["tcp"] == codes["unknown"] == 503
    assert codes["nonsense"] >= 400


def test_what_takes_its_time(stack: SipProcess, tmp_path: Path) -> None:
    """Session timers, of which RFC 4028 allows none below 90 s, and a caller who vanishes: a minute, all at once."""
    since = len(stack.events)
    Sipp("never_acknowledged", tmp_path, f"127.0.0.1:{stack.udp}").finish()
    scenarios = {
        "timer_refresh_by_update": "meet",
        "timer_refresh_by_reinvite": "meet",
        "timer_refresh_after_offer": "holder",
        "timer_expiry": "meet",
    }
    target = f"127.0.0.1:{stack.udp}"
    for peer in [Sipp(name, tmp_path, target, user, timeout_s=95) for name, user in scenarios.items()]:
        peer.finish()
    ends = [event for event in stack.events[since:] if event["event"] == "ended"]
    assert sorted(event["code"] for event in ends) == [200, 200, 200, 408, 408]
    assert names(stack.events[since:]).count("answer") == 1, "refreshes bring nothing new"


def test_capacity(tmp_path: Path) -> None:
    with sip_process(tmp_path, capacity=1, retry_after_s=7) as stack:
        holder = Sipp("cancel_late", tmp_path, f"127.0.0.1:{stack.udp}", "never")
        stack.wait(lambda event: event["event"] == "invite")
        Sipp("refused_503", tmp_path, f"127.0.0.1:{stack.udp}").finish()
        holder.finish()
        Sipp("call_with_offer", tmp_path, f"127.0.0.1:{stack.udp}").finish()
        assert stack.snapshot()["counters"]["refused_capacity"] == 1
        assert [event["event"] for event in stack.events].count("invite") == 2


def test_what_pjsip_refuses_itself_is_counted(stack: SipProcess, tmp_path: Path) -> None:
    before = stack.snapshot()["counters"]["refused_by_stack"]
    Sipp("broken_offer", tmp_path, f"127.0.0.1:{stack.udp}").finish()
    assert stack.snapshot()["counters"]["refused_by_stack"] == before + 1
    assert "INVITE refused with 400" in stack.errors


def test_started_again_in_the_same_process(tmp_path: Path) -> None:
    with sip_process(tmp_path, restarts=2) as stack:
        Sipp("call_with_offer", tmp_path, f"127.0.0.1:{stack.udp}").finish()
