from pathlib import Path
from types import SimpleNamespace

import pytest

from cms_media.base.types import LegId
from cms_media.signalling import stack
from cms_media.signalling.leg import SipLeg
from cms_media.signalling.settings import SipSettings
from cms_media.signalling.stack import SipStack
from tests.census import census
from tests.signalling.fakes import AUDIO, OURS, FakeDialogue, FakeEvents

LEGS = 200
INVITE = f"INVITE sip:demo@10.0.0.1 SIP/2.0\r\nFrom: <sip:ann@10.0.0.2>;tag=1\r\n\r\n{AUDIO}"


async def test_legs_that_are_over_leave_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each had timers that would have gone on for half a minute."""
    dialogues: list[FakeDialogue] = []

    def dialogue(_account: object, leg: SipLeg, *_: object) -> FakeDialogue:
        dialogues.append(FakeDialogue(leg))
        return dialogues[-1]

    monkeypatch.setattr(stack, "PjDialogue", dialogue)
    monkeypatch.setattr(stack.pj, "cms_pending_offer", lambda slot: AUDIO)
    monkeypatch.setattr(stack.pj, "cms_local_address_for", lambda host: "10.0.0.1")
    made = SipStack(SipSettings(), tmp_path)

    def call(slot: int) -> None:
        made.events = FakeEvents()
        made.on_incoming(None, slot, SimpleNamespace(wholeMsg=INVITE, srcAddress="10.0.0.2:5060"))
        made.flush()
        leg = LegId(made.snapshot()["legs"][0]["leg"])
        made.ring(leg)
        made.answer(leg, OURS)
        (it,) = made._legs.values()
        it.on_confirmed()
        it.on_reinvite(AUDIO)
        made.flush()
        if slot % 2:
            it.on_disconnected(200, "BYE")
        else:
            made.hang_up(leg)
        made.flush()
        dialogues.clear()

    call(0)
    before = census()
    for slot in range(1, LEGS):
        call(slot)
    assert census() - before == {}
