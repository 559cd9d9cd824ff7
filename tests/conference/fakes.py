"""The two planes as a test sees them: they note what they are asked and watch that the rules of `ports` are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cms_media.base.types import CallId, LegId, MediaKind
from cms_media.conference.ports import Info, LocalTransport, Prompt, Scene
from cms_media.media.capacity import Capacity
from cms_media.sdp.description import SessionDescription
from cms_media.sdp.plan import StreamPlan


@dataclass
class FakeSignalling:
    """`said` has every request as (verb, leg, detail) in order."""

    said: list[tuple[str, LegId, object]] = field(default_factory=list)
    descriptions: dict[LegId, SessionDescription] = field(default_factory=dict)
    over: set[LegId] = field(default_factory=set)
    """Legs whose end was asked for; nothing may be asked of them after."""

    def ring(self, leg: LegId) -> None:
        self._note("ring", leg)

    def answer(self, leg: LegId, description: SessionDescription) -> None:
        self._describe("answer", leg, description)

    def reject(self, leg: LegId, code: int, reason: str = "", retry_after_s: int | None = None) -> None:
        self._note("reject", leg, (code, retry_after_s))

    def dial(
        self, leg: LegId, uri: str, offer: SessionDescription, from_user: str, headers: Mapping[str, str]
    ) -> None:
        self._describe("dial", leg, offer)
        self.said[-1] = ("dial", leg, (uri, from_user))

    def offer(self, leg: LegId, description: SessionDescription) -> None:
        self._describe("offer", leg, description)

    def hang_up(self, leg: LegId, code: int = 200, reason: str = "") -> None:
        self._note("hang_up", leg, code)
        self.over.add(leg)

    def send_info(self, leg: LegId, info: Info) -> None:
        self._note("send_info", leg, info)

    def send_dtmf(self, leg: LegId, digits: str) -> None:
        self._note("send_dtmf", leg, digits)

    def verbs(self, leg: LegId) -> list[str]:
        """What was asked for one leg."""
        return [verb for verb, who, _ in self.said if who == leg]

    def last(self, leg: LegId) -> tuple[str, object]:
        """The newest request for one leg."""
        return next((verb, detail) for verb, who, detail in reversed(self.said) if who == leg)

    def _describe(self, verb: str, leg: LegId, description: SessionDescription) -> None:
        self._note(verb, leg)
        self.descriptions[leg] = description
        assert SessionDescription.parse(str(description)) == description

    def _note(self, verb: str, leg: LegId, detail: object = None) -> None:
        assert leg not in self.over, f"{verb} after the end of {leg}"
        self.said.append((verb, leg, detail))


@dataclass
class FakeMedia:
    """What is open in media; `transports` gives the ports that a worker would have opened."""

    opened: dict[LegId, list[MediaKind]] = field(default_factory=dict)
    calls: dict[LegId, CallId] = field(default_factory=dict)
    addresses: dict[LegId, str] = field(default_factory=dict)
    labels: dict[LegId, str] = field(default_factory=dict)
    plans: dict[LegId, tuple[StreamPlan, ...]] = field(default_factory=dict)
    scenes: dict[LegId, Scene] = field(default_factory=dict)
    prompts: dict[LegId, Prompt] = field(default_factory=dict)
    key_frames: list[LegId] = field(default_factory=list)
    speakers: dict[CallId, LegId | None] = field(default_factory=dict)
    closed: set[LegId] = field(default_factory=set)
    scenes_set: int = 0
    room: bool = True
    sharing: bool = False
    """Whether people may be shown to themselves."""
    capacity: Capacity = field(default_factory=lambda: Capacity(10**9))
    asked_room_for: tuple[MediaKind, ...] = ()

    def has_room(self, kinds: Sequence[MediaKind]) -> bool:
        self.asked_room_for = tuple(kinds)
        return self.room and self.capacity.has_room(kinds)

    def open(self, leg: LegId, call: CallId, address: str, kinds: Sequence[MediaKind]) -> None:
        assert leg not in self.closed
        assert kinds
        assert self.calls.setdefault(leg, call) == call
        self.addresses[leg] = address
        self.capacity.expect(leg, kinds)
        self.opened.setdefault(leg, []).extend(kinds)
        assert len(set(self.opened[leg])) == len(self.opened[leg])

    def configure(self, leg: LegId, label: str, streams: Sequence[StreamPlan]) -> None:
        self._check(leg)
        for plan in streams:
            assert self.opened[leg][plan.index] == plan.kind
        self.labels[leg] = label
        self.capacity.agree(leg, streams)
        self.plans[leg] = tuple(streams)

    def set_scene(self, leg: LegId, scene: Scene) -> None:
        self._check(leg)
        for pane in scene.panes:
            assert pane.leg in self.plans, "somebody without media is shown"
            assert pane.leg != leg or self.sharing
        self.scenes_set += 1
        self.scenes[leg] = scene

    def play(self, leg: LegId, prompt: Prompt | None) -> None:
        self._check(leg)
        if prompt is None:
            self.prompts.pop(leg, None)
        else:
            self.prompts[leg] = prompt

    def key_frame_wanted(self, leg: LegId) -> None:
        self._check(leg)
        self.key_frames.append(leg)

    def follow_speaker(self, call: CallId, leg: LegId | None) -> None:
        if leg is not None:
            self._check(leg)
            assert self.calls[leg] == call
        self.speakers[call] = leg

    def close(self, leg: LegId) -> None:
        self._check(leg)
        self.closed.add(leg)
        self.fail(leg)

    def fail(self, leg: LegId) -> None:
        """The worker died, or had no port: it has forgotten the leg."""
        self.capacity.release(leg)
        for table in (self.opened, self.labels, self.plans, self.scenes, self.prompts):
            table.pop(leg, None)

    def transports(self, leg: LegId) -> list[LocalTransport]:
        """What `on_transports` brings."""
        return [
            LocalTransport(kind, 40_000 + 2 * number, 40_001 + 2 * number)
            for number, kind in enumerate(self.opened[leg])
        ]

    def _check(self, leg: LegId) -> None:
        assert leg in self.opened, f"{leg} is not open"
        assert leg not in self.closed, f"{leg} is closed"
