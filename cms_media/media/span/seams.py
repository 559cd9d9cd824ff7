"""What the books need of others."""

from collections.abc import Callable
from typing import Protocol

from cms_media.base.types import LegId
from cms_media.media.messages import Message

Send = Callable[[int, Message], None]
"""A message to the worker at a place."""


class RingMaker(Protocol):
    """See `rings.Rings`."""

    def make(self, name: str, slots: int, slot_bytes: int) -> str | None: ...
    def remove(self, path: str) -> None: ...


class Roster(Protocol):
    """Where legs are and what they are called."""

    def place_of(self, leg: LegId) -> int | None: ...
    def label_of(self, leg: LegId) -> str: ...
