"""Whatever happens in whatever order, no leg leaks: everything is closed once, and empty calls are gone."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cms_media.base.types import LegId, MediaKind
from cms_media.conference.leg_state import LegState
from cms_media.sdp.description import SessionDescription
from tests.conference.world import World, described

MAX_LEGS = 6
DESCRIPTIONS = st.builds(
    described,
    audio=st.booleans(),
    video=st.booleans(),
    direction=st.sampled_from(["sendrecv", "sendonly", "inactive"]),
)
NUMBER = st.integers(0, 11)


class Bridging(RuleBasedStateMachine):
    """Legs are picked by number from all that ever were, so that late and foreign events come up too."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(max_legs=MAX_LEGS)
        self.legs: list[LegId] = [LegId("stranger")]

    def leg(self, number: int) -> LegId:
        return self.legs[-1 - number % len(self.legs)]

    def takes_video(self, leg: LegId) -> bool:
        return any(plan.kind is MediaKind.VIDEO and plan.sending for plan in self.world.media.plans[leg])

    @rule(to=st.sampled_from(["demo", "talk", "nobody"]), offer=st.none() | DESCRIPTIONS)
    def invite(self, to: str, offer: SessionDescription | None) -> None:
        self.legs.append(self.world.invite(f"in{len(self.legs)}", to, offer))

    @precondition(lambda self: self.world.bridge.leg_count < MAX_LEGS)
    @rule()
    def dial(self) -> None:
        self.legs.append(self.world.bridge.dial("demo", "sip:bob@example.net"))

    @rule(number=NUMBER)
    def transports(self, number: int) -> None:
        leg = self.leg(number)
        if leg in self.world.media.opened:
            self.world.open(leg)

    @rule(number=NUMBER)
    def connected(self, number: int) -> None:
        self.world.bridge.on_connected(self.leg(number))

    @rule(number=NUMBER, answer=DESCRIPTIONS)
    def answer(self, number: int, answer: SessionDescription) -> None:
        self.world.bridge.on_answer(self.leg(number), answer)

    @rule(number=NUMBER, offer=st.none() | DESCRIPTIONS)
    def offer(self, number: int, offer: SessionDescription | None) -> None:
        self.world.bridge.on_offer(self.leg(number), offer)

    @rule(number=NUMBER)
    def offer_failed(self, number: int) -> None:
        self.world.bridge.on_offer_failed(self.leg(number), 488)

    @rule(number=NUMBER)
    def renegotiate(self, number: int) -> None:
        if self.world.bridge.knows(self.leg(number)):
            self.world.bridge.renegotiate(self.leg(number))

    @rule(number=NUMBER)
    def hang_up(self, number: int) -> None:
        if self.world.bridge.knows(self.leg(number)):
            self.world.bridge.hang_up(self.leg(number))

    @rule(number=NUMBER)
    def media_failed(self, number: int) -> None:
        if self.leg(number) in self.world.media.opened:
            self.world.fail(self.leg(number))

    @rule(number=NUMBER)
    def media_timeout(self, number: int) -> None:
        self.world.bridge.on_media_timeout(self.leg(number))

    @rule(number=NUMBER)
    def key_frames(self, number: int) -> None:
        self.world.bridge.on_picture_fast_update(self.leg(number))
        self.world.bridge.on_key_frame_needed(self.leg(number))

    @rule(number=NUMBER, small=st.booleans())
    def small_enough(self, number: int, small: bool) -> None:
        self.world.bridge.on_small_enough(self.leg(number), small)

    @rule(numbers=st.sets(NUMBER))
    def levels(self, numbers: set[int]) -> None:
        for _ in range(15):
            self.world.speak(0.1, **{self.leg(number): -30.0 for number in numbers})

    @rule(seconds=st.sampled_from([0.5, 0.5, 0.5, 15.0, 200.0]))
    def tick(self, seconds: float) -> None:
        self.world.now += seconds
        self.world.bridge.tick()

    @rule(number=NUMBER)
    def ended(self, number: int) -> None:
        self.world.bye(self.leg(number))

    @invariant()
    def rosters_are_the_legs_that_are_in_the_call(self) -> None:
        for call in self.world.calls():
            inside = [leg for leg in call["legs"] if leg["id"] in self.world.media.plans]
            assert call["participants"] == len(inside)
            assert any(leg["state"] != LegState.ENDING.value for leg in call["legs"])

    @invariant()
    def pictures_show_the_others(self) -> None:
        for call in self.world.calls():
            inside = [leg["id"] for leg in call["legs"] if leg["id"] in self.world.media.plans]
            for viewer in filter(self.takes_video, inside):
                shown = set(self.world.sees(viewer))
                assert shown == set(inside) - {viewer} if call["uri"] == "demo" else shown <= set(inside)

    @invariant()
    def only_somebody_alone_hears_a_prompt(self) -> None:
        alone = {
            leg["id"]
            for call in self.world.calls()
            if call["participants"] == 1
            for leg in call["legs"]
            if leg["id"] in self.world.media.plans
        }
        assert set(self.world.media.prompts) == alone

    @invariant()
    def what_is_open_belongs_to_a_leg(self) -> None:
        for leg in self.world.media.opened:
            assert self.world.bridge.knows(leg)

    def teardown(self) -> None:
        self.world.bridge.stop()
        assert not self.world.media.opened
        assert self.world.calls() == []
        for leg in self.legs:
            self.world.bye(leg)
        assert self.world.bridge.leg_count == 0


class ReentrantBridging(Bridging):
    """The same with planes that call back from within what they are asked."""

    def __init__(self) -> None:
        super().__init__()
        signalling, media, bridge = self.world.signalling, self.world.media, self.world.bridge
        opens, hangs_up = media.open, signalling.hang_up

        def open_at_once(leg, call, address, kinds):
            opens(leg, call, address, kinds)
            self.world.open(leg)

        def end_at_once(leg, code=200, reason=""):
            hangs_up(leg, code, reason)
            bridge.on_ended(leg, code, reason)

        media.open, signalling.hang_up = open_at_once, end_at_once


TestBridging = Bridging.TestCase
TestReentrantBridging = ReentrantBridging.TestCase
TestBridging.settings = TestReentrantBridging.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)
