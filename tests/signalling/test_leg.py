import pytest

from cms_media.base.types import LegId
from cms_media.conference.ports import Info
from cms_media.sdp.description import SdpError, SessionDescription
from cms_media.signalling.leg import MAX_OFFER_RETRIES, SipLeg
from cms_media.signalling.seams import DialogueError
from cms_media.signalling.states import LegState
from tests.signalling.fakes import (
    AUDIO,
    AUDIO_VIDEO,
    OURS,
    OURS_WITH_VIDEO,
    FakeDialogue,
    FakeHost,
    FakeRequest,
    connected,
    incoming,
)


def origin_version(text: object) -> int:
    return SessionDescription.parse(str(text)).origin.version


# --- a call comes in ------------------------------------------------------------------------------------------


def test_rings_answers_and_is_connected() -> None:
    leg, dialogue, host = incoming()
    leg.ring()
    leg.answer(OURS)
    leg.on_confirmed()
    host.flush()
    assert [asked[0] for asked in dialogue.asked] == ["ring", "answer"]
    assert host.events.names == ["connected"]


def test_an_invite_without_offer_gets_ours_and_its_answer_is_told() -> None:
    leg, dialogue, host = incoming("")
    leg.answer(OURS)
    assert "m=audio 4000" in str(dialogue.asked[0][1])
    leg.on_negotiated(AUDIO)
    leg.on_confirmed()
    host.flush()
    assert host.events.names == ["answer", "connected"]


def test_an_ack_without_the_answer_we_need_ends_the_call() -> None:
    leg, _, host = incoming("")
    leg.answer(OURS)
    leg.on_confirmed()
    host.flush()
    assert host.events.seen == [("connected",), ("ended", 488, "no answer to our offer")]


def test_an_ack_that_never_comes_ends_the_call() -> None:
    leg, _, host = incoming()
    leg.answer(OURS)
    host.delayed.pop()[1]()
    host.flush()
    assert host.events.seen == [("ended", 408, "no ACK")]


def test_an_ack_in_time_is_all_right() -> None:
    leg, _, host = connected()
    host.delayed.pop()[1]()
    assert leg.state is LegState.CONFIRMED


def test_a_refusal_is_the_end() -> None:
    leg, dialogue, host = incoming()
    leg.reject(503, "full", {"Retry-After": "7"})
    host.flush()
    assert dialogue.asked == [("hang_up", 503, "full", {"Retry-After": "7"})]
    assert host.events.seen == [("ended", 503, "full")]
    assert host.forgotten == [LegId("1")]
    assert host.counters.rejected == 1


def test_hanging_up_before_the_answer_is_a_failure_on_the_wire() -> None:
    leg, dialogue, host = incoming()
    leg.hang_up(200, "")
    host.flush()
    assert dialogue.asked[0][1] == 480
    assert host.events.seen == [("ended", 200, "")]


def test_unreadable_offer() -> None:
    leg = SipLeg(LegId("1"), FakeHost(), incoming=True)
    with pytest.raises(SdpError):
        leg.on_invited("m=rubbish\r\n")


def test_commands_after_the_end_are_counted() -> None:
    leg, _, host = incoming()
    leg.on_disconnected(487, "cancelled")
    leg.ring()
    leg.answer(OURS)
    leg.hang_up(200, "")
    leg.offer(OURS)
    leg.reject(486, "", {})
    leg.info.ask(Info.PICTURE_FAST_UPDATE)
    assert host.counters.late_commands == 6


def test_the_end_comes_once_and_last() -> None:
    leg, _, host = incoming()
    leg.answer(OURS)
    leg.on_confirmed()
    leg.on_disconnected(200, "BYE")
    leg.on_disconnected(500, "again")
    host.flush()
    assert host.events.seen == [("ended", 200, "BYE")]


def test_an_end_before_the_announcement_is_silent() -> None:
    host = FakeHost()
    leg = SipLeg(LegId("1"), host, incoming=True)
    leg.on_disconnected(487, "cancelled")
    host.flush()
    assert host.events.seen == []


def test_when_the_stack_refuses_the_leg_ends() -> None:
    leg, dialogue, host = incoming()
    dialogue.error = DialogueError("no", 500)
    leg.answer(OURS)
    host.flush()
    assert leg.state is LegState.ENDED
    assert host.events.seen == [("ended", 500, "internal error")]


# --- a call goes out ------------------------------------------------------------------------------------------


def test_our_call() -> None:
    host = FakeHost()
    leg = SipLeg(LegId("1"), host, incoming=False)
    leg.attach(FakeDialogue(leg))
    leg.begin(OURS)
    assert "m=audio" in str(leg.on_describe(""))
    leg.on_progress()
    leg.on_progress()
    leg.on_negotiated(AUDIO)
    leg.on_confirmed()
    host.flush()
    assert host.events.names == ["ringing", "ringing", "answer", "connected"]


def test_giving_up_before_the_invite_went_out() -> None:
    host = FakeHost()
    leg = SipLeg(LegId("1"), host, incoming=False)
    leg.begin(OURS)
    leg.hang_up(200, "")
    host.flush()
    assert host.events.seen == [("ended", 200, "")]


def test_an_unreadable_answer_ends_the_call() -> None:
    host = FakeHost()
    leg = SipLeg(LegId("1"), host, incoming=False)
    leg.attach(FakeDialogue(leg))
    leg.begin(OURS)
    leg.on_negotiated("m=rubbish\r\n")
    host.flush()
    assert host.events.names == ["ended"]
    assert host.counters.bad_descriptions == 1


# --- new offers -----------------------------------------------------------------------------------------------


def test_the_peers_new_offer() -> None:
    leg, dialogue, host = connected()
    assert leg.on_reinvite(AUDIO_VIDEO)
    host.flush()
    assert host.events.names == ["offer"]
    dialogue.offered = AUDIO_VIDEO
    leg.answer(OURS_WITH_VIDEO)
    host.flush()
    assert dialogue.asked[0][0] == "answer"
    assert origin_version(dialogue.asked[0][1]) == 2
    assert host.events.names == ["offer"]


def test_refusing_the_peers_offer_keeps_the_call() -> None:
    leg, dialogue, host = connected()
    leg.on_reinvite(AUDIO_VIDEO)
    leg.reject(488, "", {})
    assert dialogue.asked == [("refuse_offer", 488)]
    assert leg.state is LegState.CONFIRMED
    assert leg.on_reinvite(AUDIO)
    assert host.counters.rejected == 0


def test_an_unreadable_new_offer_is_refused() -> None:
    leg, _, host = connected()
    assert not leg.on_reinvite("rubbish")
    assert leg.state is LegState.CONFIRMED
    assert host.counters.bad_descriptions == 1


def test_an_update_waits_for_the_domain() -> None:
    leg, dialogue, host = connected()
    request = FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO_VIDEO, request)
    host.flush()
    assert request.code == 0
    leg.answer(OURS_WITH_VIDEO)
    host.flush()
    assert request.code == 200
    assert "m=video" in str(request.description)
    assert dialogue.asked == []
    assert host.events.names == ["offer"]


def test_refusing_an_update() -> None:
    leg, _, host = connected()
    request = FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO_VIDEO, request)
    leg.reject(488, "", {})
    assert request.code == 488
    assert leg.on_reinvite(AUDIO)
    host.flush()


def test_an_update_that_the_domain_forgets_is_refused() -> None:
    leg, _, host = connected()
    request = FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO_VIDEO, request)
    host.delayed.pop()[1]()
    assert request.code == 500
    leg.answer(OURS)
    assert host.counters.late_commands == 1
    host.flush()
    assert host.events.seen[-1] == ("offer_failed", 500)


def test_a_reinvite_that_the_domain_forgets_is_refused() -> None:
    leg, dialogue, host = connected()
    assert leg.on_reinvite(AUDIO_VIDEO)
    host.flush()
    host.delayed.pop()[1]()
    host.flush()
    assert dialogue.asked == [("refuse_offer", 500)]
    assert host.events.seen[-1] == ("offer_failed", 500)
    assert leg.on_reinvite(AUDIO_VIDEO)


def test_an_answer_in_time_is_not_taken_back() -> None:
    leg, dialogue, host = connected()
    assert leg.on_reinvite(AUDIO_VIDEO)
    first = host.delayed.pop()[1]
    leg.answer(OURS_WITH_VIDEO)
    assert leg.on_reinvite(AUDIO)
    first()
    assert ("refuse_offer", 500) not in dialogue.asked


def test_the_peer_takes_its_reinvite_back() -> None:
    leg, dialogue, host = connected()
    leg.on_reinvite(AUDIO_VIDEO)
    leg.on_reinvite_cancelled()
    leg.answer(OURS_WITH_VIDEO)
    host.flush()
    assert dialogue.asked == [("refuse_offer", 487)]
    assert host.events.seen[-1] == ("offer_failed", 487)
    assert host.counters.late_commands == 1
    assert leg.state is LegState.CONFIRMED


def test_taking_back_the_first_invite_is_left_to_pjsip() -> None:
    leg, dialogue, _ = incoming()
    leg.on_reinvite_cancelled()
    assert dialogue.asked == []


def test_an_update_amid_another() -> None:
    leg, _, _ = connected()
    first, second = FakeRequest(leg, AUDIO), FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO, first)
    leg.on_waiting(AUDIO_VIDEO, second)
    assert (first.code, second.code) == (0, 500)


def test_an_update_amid_our_offer_is_left_to_pjsip() -> None:
    leg, _, host = connected()
    leg.offer(OURS_WITH_VIDEO)
    request = FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO_VIDEO, request)
    assert request.code == 488
    assert host.counters.offers_crossed == 1


def test_an_unreadable_update_is_refused() -> None:
    leg, _, _ = connected()
    request = FakeRequest(leg, "rubbish")
    leg.on_waiting("rubbish", request)
    assert request.code == 488


def test_the_end_answers_what_waits() -> None:
    leg, _, _ = connected()
    request = FakeRequest(leg, AUDIO_VIDEO)
    leg.on_waiting(AUDIO_VIDEO, request)
    leg.on_disconnected(200, "BYE")
    assert request.code == 481


def test_a_reinvite_without_offer() -> None:
    leg, _, host = connected()
    request = FakeRequest(leg, "")
    leg.on_waiting("", request)
    leg.answer(OURS_WITH_VIDEO)
    assert "m=video" in str(request.description)
    leg.on_negotiated(AUDIO_VIDEO)
    host.flush()
    assert host.events.seen[0] == ("offer", None)
    assert host.events.names == ["offer", "answer"]


def test_when_nobody_says_anything_new_the_last_description_stands() -> None:
    leg, _, _ = connected()
    assert origin_version(leg.on_describe("")) == 1
    assert leg.on_describe(AUDIO_VIDEO) is None


def test_our_new_offer() -> None:
    leg, dialogue, host = connected()
    leg.offer(OURS_WITH_VIDEO)
    assert dialogue.asked[0][0] == "reinvite"
    leg.on_negotiated(AUDIO_VIDEO)
    host.flush()
    assert host.events.names == ["answer"]


def test_our_new_offer_is_refused() -> None:
    leg, _, host = connected()
    leg.offer(OURS_WITH_VIDEO)
    leg.on_offer_refused(488)
    host.flush()
    assert host.events.seen == [("offer_failed", 488)]


def test_a_crossed_offer_is_repeated_and_then_given_up() -> None:
    leg, dialogue, host = connected()
    leg.offer(OURS_WITH_VIDEO)
    for _ in range(MAX_OFFER_RETRIES):
        leg.on_offer_refused(491)
        delay_s, again = host.delayed.pop()
        assert 0 <= delay_s <= 2.0
        again()
    leg.on_offer_refused(491)
    host.flush()
    assert len(dialogue.asked) == MAX_OFFER_RETRIES + 1
    assert {origin_version(asked[1]) for asked in dialogue.asked} == {2}
    assert host.events.seen == [("offer_failed", 491)]


def test_an_offer_waits_for_the_exchange_before() -> None:
    leg, dialogue, _host = connected()
    leg.on_reinvite(AUDIO_VIDEO)
    leg.offer(OURS_WITH_VIDEO)
    assert dialogue.asked == []
    leg.answer(OURS)
    assert [asked[0] for asked in dialogue.asked] == ["answer", "reinvite"]


def test_an_offer_before_the_call_stands_waits() -> None:
    leg, dialogue, host = incoming()
    leg.offer(OURS_WITH_VIDEO)
    leg.answer(OURS)
    assert [asked[0] for asked in dialogue.asked] == ["answer"]
    leg.on_confirmed()
    host.flush()
    assert [asked[0] for asked in dialogue.asked] == ["answer", "reinvite"]


def test_a_refresh_that_changes_nothing_is_not_told() -> None:
    leg, _, host = connected()
    leg.on_negotiated(AUDIO)
    host.flush()
    assert host.events.seen == []


def test_a_refresh_that_changes_something_is() -> None:
    leg, _, host = connected()
    leg.on_negotiated(AUDIO_VIDEO)
    host.flush()
    assert host.events.names == ["answer"]


def test_the_answer_to_a_refresh_is_not_that_to_the_offer_that_waits_for_its_end() -> None:
    leg, dialogue, host = connected()
    dialogue.error = DialogueError("a transaction is open", 500)
    leg.offer(OURS_WITH_VIDEO)
    dialogue.error = None
    leg.on_negotiated(AUDIO_VIDEO)
    host.flush()
    assert host.events.names == []
    host.delayed.pop()[1]()
    leg.on_negotiated(AUDIO_VIDEO)
    host.flush()
    assert host.events.names == ["answer"]


# --- the rest -------------------------------------------------------------------------------------------------


def test_a_transfer_is_refused_and_counted() -> None:
    leg, _, host = connected()
    leg.on_transfer_refused("REFER")
    assert host.counters.refused_transfers == 1


def test_our_own_fault_ends_the_leg(caplog: pytest.LogCaptureFixture) -> None:
    leg, _, host = connected()
    try:
        raise RuntimeError("bug")
    except RuntimeError:
        leg.on_own_fault("test")
    host.flush()
    assert host.events.seen == [("ended", 500, "internal error")]
    assert "bug" in caplog.text


def test_snapshot_names_the_state() -> None:
    leg, _, _ = connected()
    assert leg.snapshot()["state"] == "confirmed"
