"""Names that every layer shares: who a leg is, where a peer is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

LegId = NewType("LegId", str)
"""A leg's identity for its whole life (32 hex digits), the same in control, worker, log and API."""

CallId = NewType("CallId", str)
"""A running conference's identity (32 hex digits)."""


class MediaKind(StrEnum):
    """What an m-line carries."""

    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class SocketAddress:
    """An IP address literal (v4 or v6, no brackets) and a UDP or TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
