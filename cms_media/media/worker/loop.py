"""The worker's one thread: packets' pictures in, messages in, views out, each at its time.

select ─► engine events (decode) ─► control messages ─► regroup ─► timers ─► one view (compose, encode) ─► select
"""

import selectors
import time

from cms_media.media.messages import Levels, Message, ReportLegs, StartEngine, WorkerStatus
from cms_media.media.worker.account import Account
from cms_media.media.worker.control_line import ControlLine
from cms_media.media.worker.lull import Lull
from cms_media.media.worker.relief import Relief
from cms_media.media.worker.stage import Stage
from cms_media.native import Engine

LEVELS_INTERVAL_S = 0.1
HEARD_ONLY_INTERVAL_S = 0.5
"""Where nobody sees, no picture waits for who speaks. The longest that counts in full for a change of speaker."""
STATUS_INTERVAL_S = 1.0
"""Without legs there is nothing else to report: so long the loop sleeps then."""


class Loop:
    """Runs until control is gone."""

    def __init__(self, engine: Engine, line: ControlLine, settings: StartEngine) -> None:
        self._engine = engine
        self._line = line
        self._stage = Stage(
            engine,
            line.send,
            settings.source_bitrate_bps,
            settings.layout_fade_s,
            asks_by_signalling=settings.asks_by_signalling,
        )
        self._account = Account(self._stage, engine)
        self._relief = Relief(self._stage, engine, time.monotonic())
        self._levels_due_s = time.monotonic()
        self._status_due_s = time.monotonic() + STATUS_INTERVAL_S
        self._were_heard = False
        self._lull = Lull()

    def run(self) -> None:
        """Blocks until control closes its end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._engine.fileno(), selectors.EVENT_READ)
            selector.register(self._line.fileno(), selectors.EVENT_READ)
            while not self._line.closed:
                self._watch_writable(selector)
                began_s = time.monotonic()
                selector.select(self._idle_s())
                now_s = time.monotonic()
                self._relief.waited(now_s - began_s)
                self.turn(now_s)

    def turn(self, now_s: float) -> None:
        """One round: everything that has come, then at most one view."""
        for event in self._engine.take_events():
            self._stage.take(event, now_s)
        messages = self._line.receive()
        for message in messages:
            self._handle(message, now_s)
        if messages:
            self._levels_due_s = min(self._levels_due_s, now_s + LEVELS_INTERVAL_S)
        self._report_legs()
        self._line.flush()
        if self._lull.over(bool(messages), now_s):
            self._stage.regroup(now_s)
        self._stage.span.exports.write_new()
        self._tick(now_s)
        self._make_a_view(time.monotonic())

    def _make_a_view(self, now_s: float) -> None:
        made = self._stage.gallery.run_due(now_s)
        if made is not None:
            self._relief.made(made, time.monotonic() - now_s)

    def _handle(self, message: Message, now_s: float) -> None:
        if not isinstance(message, ReportLegs):
            self._stage.handle(message, now_s)
        elif (answer := self._account.ask()) is not None:
            self._line.send(answer)

    def _report_legs(self) -> None:
        if self._account.asked:
            self._line.send(self._account.next_part())

    def _idle_s(self) -> float:
        if self._account.asked:
            return 0.0
        others_s = (self._stage.gallery.next_due_s(), self._lull.due_s())
        due_s = min([self._levels_due_s, *(at_s for at_s in others_s if at_s is not None)])
        return max(0.0, due_s - time.monotonic())

    def _watch_writable(self, selector: selectors.BaseSelector) -> None:
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._line.backlog else 0)
        selector.modify(self._line.fileno(), wanted)

    def _tick(self, now_s: float) -> None:
        if now_s < self._levels_due_s:
            return
        self._levels_due_s = now_s + self._levels_interval_s()
        self._report_levels()
        self._stage.look_round(now_s)
        self._relief.look(now_s)
        self._report_status(now_s)

    def _levels_interval_s(self) -> float:
        if not self._stage.legs:
            return STATUS_INTERVAL_S
        return LEVELS_INTERVAL_S if self._stage.pictures_may_follow() else HEARD_ONLY_INTERVAL_S

    def _report_status(self, now_s: float) -> None:
        if now_s < self._status_due_s:
            return
        self._status_due_s = now_s + STATUS_INTERVAL_S
        self._account.sample(now_s)
        if self._account.engine_runs():
            dropped: dict[str, float | int | str] = {"messages_dropped": self._line.dropped}
            self._line.send(WorkerStatus(self._account.worker() | self._relief.snapshot() | dropped))

    def _report_levels(self) -> None:
        """Silence is reported once, then not again."""
        levels = self._stage.levels() if self._stage.legs else {}
        if levels or self._were_heard:
            self._line.send(Levels(levels))
        self._were_heard = bool(levels)
