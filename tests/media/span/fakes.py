"""Rings without memory, and a list of what was sent where."""

from cms_media.base.types import LegId
from cms_media.media.messages import Message


class FakeRings:
    """Hands out paths; none when it is full."""

    def __init__(self) -> None:
        self.full = False
        self.paths: list[str] = []
        self._made = 0

    def make(self, name: str, slots: int, slot_bytes: int) -> str | None:
        assert slots >= 2
        assert slot_bytes > 0
        if self.full:
            return None
        self._made += 1
        self.paths.append(f"{self._made}-{name}")
        return self.paths[-1]

    def remove(self, path: str) -> None:
        self.paths.remove(path)


class Post:
    """Messages to workers, taken out as they are looked at."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, Message]] = []

    def __call__(self, place: int, message: Message) -> None:
        self.sent.append((place, message))

    def take(self) -> list[tuple[int, Message]]:
        sent, self.sent = self.sent, []
        return sent


class FakeRoster:
    """Legs by place; each is named after itself."""

    def __init__(self, **places: int) -> None:
        self.places = places

    def place_of(self, leg: LegId) -> int | None:
        return self.places.get(leg)

    def label_of(self, leg: LegId) -> str:
        return leg.upper()
