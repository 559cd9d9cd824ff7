"""What is measured: scenarios as data."""

from dataclasses import dataclass
from enum import StrEnum

from cms_media.codecs.table import Codec
from cms_media.layout.types import LayoutName, SelfPane


class Scenario(StrEnum):
    """By the names of the command line."""

    GALLERY = "gallery"
    SHARED = "shared"
    SPEAKER = "speaker"
    PCMU = "pcmu"
    OPUS = "opus"
    OPUS_LISTENERS = "opus-listeners"
    SETUP = "setup"


LEG_SCENARIOS = (Scenario.GALLERY, Scenario.SHARED, Scenario.SPEAKER)
AUDIO_SCENARIOS = (Scenario.PCMU, Scenario.OPUS, Scenario.OPUS_LISTENERS)

EVERYBODY = 0
"""Talkers: all of them."""

_NINTHS = 9
_GALLERY_TALKERS, _SPEAKER_TALKERS, _TURN_S = 1, 5, 4.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    scenario: Scenario
    legs: int
    source: str
    """A name of film.CUTS; empty: audio only."""
    seconds: float
    """Of the measured time."""
    audio: Codec
    layout: LayoutName
    self_pane: SelfPane
    talkers: int
    """How many of the first legs of each call talk; EVERYBODY."""
    turn_s: float
    """0: the talkers talk at once; else one after the other, so long each."""
    cores: int = 0
    """For the bridge, which then has them for itself; 0: all, and the generator has them too."""
    asked: bool = False
    """Whether the bridge asks for less where a leg is shown small; else everybody sends `source` all the time."""
    legs_per_call: int = 0
    """0: all in one call."""

    @property
    def calls(self) -> int:
        """How many there are."""
        return -(-self.legs // self.legs_per_call) if self.legs_per_call else 1

    def call_of(self, number: int) -> int:
        """In which call leg `number` is, from 0."""
        return number // self.legs_per_call if self.legs_per_call else 0

    @property
    def video(self) -> bool:
        """Whether legs have pictures."""
        return bool(self.source)

    @property
    def talking(self) -> tuple[int, ...]:
        """Numbers of the legs that talk at some time."""
        everybody = range(self.legs)
        if self.talkers == EVERYBODY:
            return tuple(everybody)
        return tuple(
            number for number in everybody if number % (self.legs_per_call or self.legs) < self.talkers
        )


def leg_plan(scenario: Scenario, legs: int, source: str, seconds: float, asked: bool = False) -> Plan:
    """Of `bench legs`."""
    speaker = scenario is Scenario.SPEAKER
    return Plan(
        scenario=scenario,
        legs=legs,
        source=source,
        seconds=seconds,
        audio=Codec.OPUS,
        layout=LayoutName.SPEAKER_ONLY if speaker else _grid(legs),
        self_pane=SelfPane.SELF if scenario is Scenario.SHARED else SelfPane.SKIP,
        talkers=_SPEAKER_TALKERS if speaker else _GALLERY_TALKERS,
        turn_s=_TURN_S if speaker else 0.0,
        asked=asked,
    )


def _grid(legs: int) -> LayoutName:
    """3x3 at most: what one looks at in a large meeting."""
    return LayoutName.ALL_EQUAL if legs <= _NINTHS else LayoutName.ALL_EQUAL_NINTHS


def audio_plan(scenario: Scenario, legs: int, seconds: float, legs_per_call: int = 0) -> Plan:
    """Of `bench audio`."""
    return Plan(
        scenario=scenario,
        legs=legs,
        source="",
        seconds=seconds,
        audio=Codec.PCMU if scenario is Scenario.PCMU else Codec.OPUS,
        layout=LayoutName.ALL_EQUAL,
        self_pane=SelfPane.SKIP,
        talkers=5 if scenario is Scenario.OPUS_LISTENERS else EVERYBODY,
        turn_s=0.0,
        legs_per_call=legs_per_call,
    )


def setup_plan(lines: int, seconds: float) -> Plan:
    """Of `bench setup`: so many calls at a time."""
    return Plan(
        scenario=Scenario.SETUP,
        legs=lines,
        source="",
        seconds=seconds,
        audio=Codec.PCMU,
        layout=LayoutName.ALL_EQUAL,
        self_pane=SelfPane.SKIP,
        talkers=EVERYBODY,
        turn_s=0.0,
    )
