"""Lines that call, hear, hang up and call again, as fast as the bridge lets them: what `bench setup` measures.

dial ─► answered ─► first packet of sound ─► hang up ─► ended ─► dial …

Owned by the generator's event loop; one task per line.
"""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cms_media.base.types import LegId, MediaKind
from cms_media.bench.callers_stack import ADDRESS, CallersStack
from cms_media.bench.crowd_leg import capabilities
from cms_media.bench.messages import Prepare, SetUps
from cms_media.bench.plain_media import PlainMedia
from cms_media.bench.plan import Plan
from cms_media.conference.ports import SignallingPort
from cms_media.endpoint.leg import EndpointLeg
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.plan import StreamPlan
from cms_media.signalling.stack import SipStack

ANSWER_S, SOUND_S, END_S = 5.0, 2.0, 5.0
"""How long each may take before the call counts as failed."""
_MOST_REASONS = 20


class RedialLeg(EndpointLeg):
    """One call of a line: makes some noise, and tells when there is news."""

    def __init__(self, leg: LegId, plan: Plan, media: PlainMedia, signalling: SignallingPort) -> None:
        """Raises OSError when there are no ports."""
        super().__init__(leg, capabilities(plan), media, signalling, ADDRESS)
        self.news = asyncio.Event()
        self.hears = False
        """Sound came."""
        self._media = media

    def run_stream(self, kind: MediaKind, stream: int, plan: StreamPlan) -> None:
        """Media begins."""
        self._media.talk(stream, plan.remote_rtp, self._on_sound)

    def on_answer(self, leg: LegId, answer: SessionDescription) -> None:
        """The line goes on."""
        super().on_answer(leg, answer)
        self.news.set()

    def on_ended(self, leg: LegId, code: int, reason: str) -> None:
        """The line goes on."""
        super().on_ended(leg, code, reason)
        self.news.set()

    def close(self) -> None:
        """Gives the ports back."""
        for _, opened in self.transports:
            self._media.close_transport(opened.id)

    def _on_sound(self) -> None:
        self.hears = True
        self.news.set()


@dataclass(slots=True)
class _Tally:
    began_s: float
    cpu_s: float
    setup_ms: list[float] = field(default_factory=list)
    """INVITE sent to 200 received, of calls that came and went as they should."""
    failed: list[str] = field(default_factory=list)


class Redial:
    """All lines of a run."""

    def __init__(self, prepare: Prepare) -> None:
        self._plan = prepare.plan
        self._callers = CallersStack()
        self._media = PlainMedia(prepare.port_min, prepare.port_max)
        self._lines: list[asyncio.Task[None]] = []
        self._calls = 0
        self._closing = False
        self._tally = _Tally(0.0, 0.0)

    async def join(self, uri: str) -> list[str]:
        """All lines begin; what fails is in the tally."""
        stack = await self._callers.start()
        self._lines = [asyncio.create_task(self._line(stack, uri)) for _ in range(self._plan.legs)]
        return []

    def begin(self) -> None:
        """From now on it counts."""
        self._tally = _Tally(time.monotonic(), time.process_time())

    def end(self) -> SetUps:
        """What was set up since `begin`."""
        tally, self._tally = self._tally, _Tally(0.0, 0.0)
        ordered = sorted(tally.setup_ms) or [0.0]
        return SetUps(
            seconds=time.monotonic() - tally.began_s,
            made=len(tally.setup_ms),
            failures=len(tally.failed),
            failed=tuple(tally.failed[:_MOST_REASONS]),
            median_ms=round(statistics.median(ordered), 1),
            p95_ms=round(ordered[int(0.95 * (len(ordered) - 1))], 1),
            worst_ms=round(ordered[-1], 1),
            cpu_s=round(time.process_time() - tally.cpu_s, 2),
        )

    async def leave(self) -> None:
        """Every line ends the call that it is in, then all is closed. Idempotent."""
        self._closing = True
        if self._lines:
            _, pending = await asyncio.wait(self._lines, timeout=ANSWER_S + SOUND_S + END_S)
            for line in pending:
                line.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)
            self._lines.clear()
        await self._callers.stop()
        self._media.close()

    async def _line(self, stack: SipStack, uri: str) -> None:
        while not self._closing:
            self._calls += 1
            leg = RedialLeg(LegId(f"{self._calls:032x}"), self._plan, self._media, stack)
            self._callers.switchboard.legs[leg.id] = leg
            fault = await self._call(leg, stack, uri)
            leg.close()
            # one that never ended may still have something to say
            if leg.ended:
                del self._callers.switchboard.legs[leg.id]
            if fault:
                self._tally.failed.append(f"call {self._calls}: {fault}")
            else:
                self._tally.setup_ms.append(1000 * leg.setup_s)

    async def _call(self, leg: RedialLeg, stack: SipStack, uri: str) -> str:
        """Why it failed; empty: it did not."""
        leg.dial(uri, f"line-{self._calls}")
        fault = ""
        if not await _news(leg, lambda: leg.answered, ANSWER_S):
            fault = leg.ended_by or "no answer"
        elif not await _news(leg, lambda: leg.hears, SOUND_S) or leg.ended:
            fault = f"ended by {leg.ended_by}" if leg.ended else "no sound"
        if not leg.ended:
            stack.hang_up(leg.id)
            if not await _news(leg, lambda: leg.ended, END_S):
                fault = fault or "no end"
        return fault


async def _news(leg: RedialLeg, done: Callable[[], bool], seconds: float) -> bool:
    """Whether it came to that before the leg ended or time was up."""
    deadline = time.monotonic() + seconds
    while not done() and not leg.ended and (left_s := deadline - time.monotonic()) > 0:
        leg.news.clear()
        try:
            await asyncio.wait_for(leg.news.wait(), left_s)
        except TimeoutError:
            break
    return done()
