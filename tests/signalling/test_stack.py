import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from cms_media.signalling import stack
from cms_media.signalling.leg import SipLeg
from cms_media.signalling.settings import SipSettings
from cms_media.signalling.stack import SipStack
from tests.signalling.fakes import FakeDialogue, FakeEvents


def broken(*_: object) -> None:
    raise RuntimeError("a bug of ours")


async def test_our_own_fault_at_an_invite_leaves_no_leg_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dialogues: list[FakeDialogue] = []

    def dialogue(_account: object, leg: SipLeg, *_: object) -> FakeDialogue:
        dialogues.append(FakeDialogue(leg))
        return dialogues[-1]

    parse: Callable[..., None] = broken
    monkeypatch.setattr(stack, "PjDialogue", dialogue)
    monkeypatch.setattr(stack, "SipRequest", SimpleNamespace(parse=parse))
    made = SipStack(SipSettings(), tmp_path)
    made.events = FakeEvents()
    made.on_incoming(None, 0, SimpleNamespace(wholeMsg="INVITE", srcAddress="10.0.0.2:5060"))
    await asyncio.sleep(0)
    assert made.snapshot()["legs"] == []
    assert made.counters.own_faults == 1
    assert dialogues[0].asked[0][:2] == ("hang_up", 500)
