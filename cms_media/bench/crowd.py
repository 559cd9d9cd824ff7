"""All endpoints of a run in one process, on one engine and one SIP stack: dial, send, count, look, hang up.

Owned by the generator's event loop. What it costs is not counted, but a crowd that is late would make the bridge look
bad: lateness is counted too and makes the run void.
"""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from cms_media.base.types import LegId
from cms_media.bench.callers_stack import CallersStack
from cms_media.bench.crowd_leg import CrowdLeg
from cms_media.bench.film import CUTS, FPS, FilmShelf
from cms_media.bench.measured_bridge import space_uri
from cms_media.bench.messages import Counted, EarCount, LegCount, LegView, Prepare, Seen
from cms_media.bench.plan import Plan
from cms_media.bench.projector import Projector
from cms_media.bench.sight import Judge, Verdict, distinct, expect
from cms_media.bench.talk import Talk
from cms_media.bench.voice import voice
from cms_media.codecs import tones
from cms_media.endpoint.audio import silences
from cms_media.layout.arrange import Candidate
from cms_media.native import AccessUnit, Engine, KeyFrameRequest
from cms_media.signalling.stack import SipStack

MOST_FILMS = 32
"""Participants with a film of their own; all later ones send the last: more than a canvas has panes, so whoever of
them is shown is seen to be wrong all the same."""
LATE_S = 0.02
"""A picture sent that much after its time was late."""

_DIALS_PER_S = 40.0
_ANSWER_S = 20.0
_OBEY_S = 0.25
_MOST_EARS = 16
_TAP_S, _LISTEN_S = 5.0, 0.5
_LOOK_S, _LOOK_PATIENCE_S = 1.2, 5.0
_SETTLE_S = 2.5
"""After the last change of talkers, until everybody sees the new one."""
_GOLDEN = 0.618033988749895


def film_of(number: int) -> int:
    """The film that leg `number` sends."""
    return min(number, MOST_FILMS - 1)


class Crowd:
    """The legs of a run."""

    def __init__(self, prepare: Prepare, shelf: FilmShelf) -> None:
        self._plan: Plan = prepare.plan
        self._shelf = shelf
        self._callers = CallersStack()
        self._engine = Engine(port_min=prepare.port_min, port_max=prepare.port_max)
        self._stack: SipStack | None = None
        self._legs: list[CrowdLeg] = []
        self._by_stream: dict[int, CrowdLeg] = {}
        self._talk = Talk(prepare.plan)
        self._ears = frozenset(self._talk.ears(prepare.plan.legs, _MOST_EARS))
        self._voices = {number: voice(number).data for number in self._plan.talking}
        self._speaking: Sequence[int] = ()
        self._heard: dict[int, list[bytes]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._sent = self._sent_late = 0
        self._worst_late_s = 0.0
        self._began_s = 0.0
        self._before: dict[str, dict[str, float]] = {}
        self._skipped_before = 0

    # --- life ---------------------------------------------------------------------------------------------

    async def join(self, uri: str, legs: int) -> list[str]:
        """All up to `legs` who have not yet dial and send; returns why some did not get in.

        Later ones get the word only where all talk at once.
        """
        if self._stack is None:
            self._stack = await self._start()
        first = len(self._legs)
        for number in range(first, legs):
            self._dial(number, space_uri(uri, self._plan.call_of(number)))
            await asyncio.sleep(1 / _DIALS_PER_S)
            await self._until(lambda leg=self._legs[-1]: leg.answered or leg.ended, _ANSWER_S)  # type: ignore[misc]
        if first == 0:
            self._speaking = self._talk.begin(time.monotonic())
        for number in self._speaking:
            if first <= number < legs:
                self._say(number)
        return [
            f"{leg.name}: {leg.ended_by or 'no answer'}" for leg in self._legs[first:] if not leg.answered
        ]

    async def part(self, keep: int) -> None:
        """All hang up but the first so many."""
        assert self._stack is not None
        leaving = [leg for leg in self._legs[keep:] if not leg.ended]
        for leg in leaving:
            self._stack.hang_up(leg.id)
        await self._until(lambda: all(leg.ended for leg in leaving), _ANSWER_S)

    async def _start(self) -> SipStack:
        self._engine.start()
        stack = await self._callers.start()
        asyncio.get_running_loop().add_reader(self._engine.fileno(), self._drain)
        for runner in (self._send_films, self._take_turns, self._listen):
            self._tasks.append(asyncio.create_task(runner()))
        return stack

    async def leave(self) -> None:
        """Everybody hangs up. Idempotent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        asyncio.get_running_loop().remove_reader(self._engine.fileno())
        await self._callers.stop()
        self._engine.stop()
        self._stack = None

    # --- the measured time --------------------------------------------------------------------------------

    def begin(self) -> None:
        """From now on it counts."""
        self._collect_sound()
        self._heard = {leg: [] for leg in self._heard}
        self._sent = self._sent_late = 0
        self._worst_late_s = 0.0
        self._before = {leg.name: self._audio_stats(leg) for leg in self._legs}
        self._skipped_before = int(self._engine.snapshot()["skipped_ticks"])
        for leg in self._legs:
            leg.watch.units = leg.watch.damaged = 0
        self._began_s = time.monotonic()
        self._cpu_before_s = time.process_time()

    def end(self) -> Counted:
        """What came since `begin` to those who were there all the time."""
        seconds = time.monotonic() - self._began_s
        cpu_s = time.process_time() - self._cpu_before_s
        stayed = [leg for leg in self._legs if leg.name in self._before and not leg.ended]
        skipped = int(self._engine.snapshot()["skipped_ticks"]) - self._skipped_before
        self._collect_sound()
        heard, self._heard = self._heard, {number: [] for number in self._heard}
        return Counted(
            seconds=seconds,
            legs=tuple(self._count(leg, seconds) for leg in stayed),
            ears=tuple(self._ear(leg, heard[leg.number]) for leg in stayed if leg.number in heard),
            sent=self._sent,
            sent_late=self._sent_late,
            worst_late_ms=round(1000 * self._worst_late_s, 1),
            skipped_ticks=skipped,
            cpu_s=round(cpu_s, 2),
        )

    def _count(self, leg: CrowdLeg, seconds: float) -> LegCount:
        before, after = self._before[leg.name], self._audio_stats(leg)
        return LegCount(
            name=leg.name,
            fps=round(leg.watch.units / seconds, 2),
            damaged=leg.watch.damaged,
            audio_packets=int(after["packets_received"] - before["packets_received"]),
            audio_concealed=int(after["concealed_ticks"] - before["concealed_ticks"]),
            sends=leg.projector.cut if leg.projector else "",
        )

    def _audio_stats(self, leg: CrowdLeg) -> dict[str, float]:
        stats = self._engine.stats(leg.audio) if leg.audio is not None else {}
        return {name: float(stats.get(name, 0)) for name in ("packets_received", "concealed_ticks")}

    @staticmethod
    def _ear(leg: CrowdLeg, blocks: list[bytes]) -> EarCount:
        samples = np.frombuffer(b"".join(blocks), np.int16)
        gaps, longest_ms = silences(samples)
        return EarCount(leg.name, gaps, longest_ms, round(tones.rms_dbov(samples), 1))

    # --- looking ------------------------------------------------------------------------------------------

    async def look(
        self, roster: list[str], hang_up: Callable[[], Awaitable[None]], progress: Callable[[str], None]
    ) -> Seen:
        """Lets everybody look for a second, hangs up, judges."""
        legs = [leg for leg in self._legs if leg.video is not None and not leg.ended]
        self._talk.held = True
        if self._plan.turn_s:
            await asyncio.sleep(_SETTLE_S)
        for leg in legs:
            leg.watch.collecting = True
            self._ask(leg)
        began_s = time.monotonic()
        while any(not leg.watch.collected for leg in legs) and time.monotonic() - began_s < _LOOK_PATIENCE_S:
            await asyncio.sleep(0.25)
            for leg in legs:
                if not leg.watch.collected:
                    self._ask(leg)
        await asyncio.sleep(_LOOK_S)
        for leg in legs:
            leg.watch.collecting = False
        await hang_up()
        return self._judge(legs, roster, progress)

    def _judge(self, legs: list[CrowdLeg], roster: list[str], progress: Callable[[str], None]) -> Seen:
        by_name = {leg.name: leg for leg in self._legs}
        present = [by_name[name] for name in roster if name in by_name]
        candidates = [
            Candidate(leg.id, last_spoke=self._talk.last_turn.get(leg.number, 0)) for leg in present
        ]
        films = {leg.id: (film_of(leg.number), leg.projector.cut) for leg in present if leg.projector}
        judge = Judge(self._shelf)
        known = {leg.id: leg for leg in legs}
        views: dict[LegId, Verdict] = {}
        streams = distinct({leg.id: leg.watch.collected for leg in legs})
        for done, (units, viewers) in enumerate(streams):
            progress(f"looking at stream {done + 1} of {len(streams)}")
            judged: dict[object, Verdict] = {}
            for viewer in viewers:
                expected = expect(self._plan, candidates, viewer, films)
                if expected not in judged:
                    judged[expected] = judge.judge(units, expected)
                views[viewer] = judged[expected]
        return Seen(
            tuple(
                LegView(
                    known[leg].name,
                    verdict.fault,
                    round(verdict.psnr_db, 2),
                    verdict.size.width_px,
                    verdict.size.height_px,
                )
                for leg, verdict in sorted(views.items())
            ),
            len(streams),
            None,
        )

    def _ask(self, leg: CrowdLeg) -> None:
        if leg.video is not None:
            self._engine.request_key_frame(leg.video)

    # --- inside -------------------------------------------------------------------------------------------

    def _dial(self, number: int, uri: str) -> None:
        assert self._stack is not None
        projector = None
        if self._plan.video:
            film = film_of(number)
            projector = Projector({cut: self._shelf.film(film, cut) for cut in CUTS}, self._plan.source)
        leg = CrowdLeg(number, self._plan, projector, self._engine, self._stack)
        self._callers.switchboard.legs[leg.id] = leg
        self._legs.append(leg)
        self._by_stream.update((opened.id, leg) for _, opened in leg.transports)
        if number in self._ears:
            leg.listens_s = _TAP_S
            self._heard[number] = []
        leg.dial(uri, leg.name)

    def _drain(self) -> None:
        for event in self._engine.take_events():
            leg = self._by_stream[event.stream]
            if isinstance(event, AccessUnit):
                leg.watch.take(event)
            elif isinstance(event, KeyFrameRequest):
                leg.want_key_frame()

    async def _send_films(self) -> None:
        """Every leg at its own phase of the frame time."""
        due: list[tuple[float, int]] = []
        known = 0
        while True:
            for leg in self._legs[known:]:
                heapq.heappush(due, (time.monotonic() + leg.number * _GOLDEN % 1 / FPS, leg.number))
            known = len(self._legs)
            now = time.monotonic()
            while due and due[0][0] <= now:
                due_s, number = heapq.heappop(due)
                self._send_one(number, due_s)
                now = time.monotonic()
                heapq.heappush(due, (max(due_s + 1 / FPS, now - 1 / FPS), number))
            await asyncio.sleep(max(0.0, due[0][0] - time.monotonic()) if due else 0.01)

    def _send_one(self, number: int, due_s: float) -> None:
        now = time.monotonic()
        self._legs[number].show(now)
        self._sent += 1
        self._sent_late += now - due_s > LATE_S
        self._worst_late_s = max(self._worst_late_s, now - due_s)

    async def _take_turns(self) -> None:
        """Talkers relieve one another, and peers' rate limits are obeyed."""
        while True:
            await asyncio.sleep(_OBEY_S)
            turn = self._talk.next_turn(time.monotonic())
            if turn is not None:
                begins, ends = turn
                self._say(begins)
                self._say(ends, silent=True)
            for leg in self._legs:
                leg.obey()

    def _say(self, number: int, silent: bool = False) -> None:
        leg = self._legs[number]
        if leg.audio is not None and leg.answered:
            self._engine.play(leg.audio, None if silent else self._voices[number], loop=True)

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(_LISTEN_S)
            self._collect_sound()

    def _collect_sound(self) -> None:
        for number, blocks in self._heard.items():
            leg = self._legs[number]
            if leg.audio is not None and leg.answered and not leg.ended:
                blocks.append(self._engine.read_tap(leg.audio))

    async def _until(self, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done() and time.monotonic() < deadline:
            await asyncio.sleep(0.005)
