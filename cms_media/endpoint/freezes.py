"""Counts freezes in a stream of pictures, as WebRTC's freezeCount does (W3C webrtc-stats): no I/O, no clock."""

from dataclasses import dataclass

_HISTORY = 30
_EXTRA_S = 0.150


@dataclass(slots=True)
class FreezeMeter:
    """Feed it the time of every picture; a freeze is an interval above max(3 * mean, mean + 150 ms)."""

    frames: int = 0
    freezes: int = 0
    longest_s: float = 0.0
    first_s: float = 0.0
    last_s: float = 0.0
    _mean_s: float = 0.0

    def on_picture(self, now: float) -> None:
        """`now` in seconds, not decreasing."""
        if self.frames:
            interval = now - self.last_s
            if self.frames > 1 and interval > max(3 * self._mean_s, self._mean_s + _EXTRA_S):
                self.freezes += 1
                self.longest_s = max(self.longest_s, interval)
            weight = 1 / min(self.frames, _HISTORY)
            self._mean_s += (interval - self._mean_s) * weight
        else:
            self.first_s = now
        self.frames += 1
        self.last_s = now

    @property
    def fps(self) -> float:
        """Pictures per second between the first and the last."""
        span = self.last_s - self.first_s
        return (self.frames - 1) / span if span > 0 else 0.0
