"""What a receiver asks of the bit rate (TMMBR, RFC 5104; REMB), made steady enough to act on.

Down at once, up only after a while: each change of step is a new encode and a key frame.
"""

RAISE_AFTER_S = 10.0
LEAST_BPS = 64_000
"""Less is not obeyed: no picture would be left, and a broken peer could ask for 1 bit/s."""


class RateLimit:
    """One receiver's limit."""

    def __init__(self) -> None:
        self.bitrate_bps: int | None = None
        """The limit in force; None: none."""
        self._higher_since_s: float | None = None

    def report(self, limit_bps: int, now_s: float) -> bool:
        """What the receiver last said, 0 is nothing; True when the limit in force has changed."""
        wanted = None if limit_bps == 0 else max(limit_bps, LEAST_BPS)
        if wanted == self.bitrate_bps:
            self._higher_since_s = None
            return False
        if self._is_lower(wanted):
            return self._set(wanted)
        if self._higher_since_s is None:
            self._higher_since_s = now_s
        return now_s - self._higher_since_s >= RAISE_AFTER_S and self._set(wanted)

    def _is_lower(self, wanted: int | None) -> bool:
        return wanted is not None and (self.bitrate_bps is None or wanted < self.bitrate_bps)

    def _set(self, wanted: int | None) -> bool:
        self.bitrate_bps = wanted
        self._higher_since_s = None
        return True
