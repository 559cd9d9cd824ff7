"""H.264 in SDP: profiles, levels and what they allow (RFC 6184 sections 8.1 and 8.2.2, H.264 table A-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cms_media.sdp.plan import VideoLimits
from cms_media.sdp.scan import number

_CONSTRAINT_SET0 = 0x80
_CONSTRAINT_SET1 = 0x40
_CONSTRAINT_SET3 = 0x10
_CONSTRAINT_SETS_4_5 = 0x0C
_BASELINE, _MAIN, _EXTENDED, _HIGH = 0x42, 0x4D, 0x58, 0x64
_LEVEL_1B_IDC = 9
MAX_PARAMETER = 2**31 - 1


class Profile(StrEnum):
    """Sub-profiles that we decode and encode; the order is our preference.

    Baseline ones come first so that one encode serves as many legs as possible: every endpoint has them.
    """

    CONSTRAINED_BASELINE = "constrained baseline"
    BASELINE = "baseline"
    MAIN = "main"
    CONSTRAINED_HIGH = "constrained high"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Level:
    """One row of table A-1."""

    idc: int
    """Ten times the level's number; level 1b is 9, as High profiles write it."""
    macroblocks_per_s: int
    frame_size_mb: int
    bitrate_bps: int


LEVELS: tuple[Level, ...] = (
    Level(10, 1_485, 99, 64_000),
    Level(_LEVEL_1B_IDC, 1_485, 99, 128_000),
    Level(11, 3_000, 396, 192_000),
    Level(12, 6_000, 396, 384_000),
    Level(13, 11_880, 396, 768_000),
    Level(20, 11_880, 396, 2_000_000),
    Level(21, 19_800, 792, 4_000_000),
    Level(22, 20_250, 1_620, 4_000_000),
    Level(30, 40_500, 1_620, 10_000_000),
    Level(31, 108_000, 3_600, 14_000_000),
    Level(32, 216_000, 5_120, 20_000_000),
    Level(40, 245_760, 8_192, 20_000_000),
    Level(41, 245_760, 8_192, 50_000_000),
    Level(42, 522_240, 8_704, 50_000_000),
    Level(50, 589_824, 22_080, 135_000_000),
    Level(51, 983_040, 36_864, 240_000_000),
    Level(52, 2_073_600, 36_864, 240_000_000),
)
"""From low to high."""


@dataclass(frozen=True, slots=True)
class ProfileLevel:
    """The three bytes of profile-level-id, understood."""

    profile: Profile
    profile_idc: int
    constraints: int
    """profile-iop: the constraint_set flags."""
    level: Level

    @property
    def value(self) -> int:
        """Back as the 24-bit number; round trip of `parse` for every level of table A-1."""
        constraints, idc = self.constraints, self.level.idc
        if self.profile_idc != _HIGH:
            constraints &= ~_CONSTRAINT_SET3
            if idc == _LEVEL_1B_IDC:
                constraints, idc = constraints | _CONSTRAINT_SET3, 11
        return self.profile_idc << 16 | constraints << 8 | idc

    def __str__(self) -> str:
        return f"{self.value:06x}"

    def at(self, level: Level) -> "ProfileLevel":
        """The same profile at another level."""
        return ProfileLevel(self.profile, self.profile_idc, self.constraints, level)

    @classmethod
    def parse(cls, text: str | None) -> "ProfileLevel | None":
        """None: a profile that we cannot do. No text is Baseline level 1 (RFC 6184 section 8.1)."""
        if not text:
            return cls(Profile.BASELINE, _BASELINE, 0, LEVELS[0])
        if len(text) != 6 or any(letter not in "0123456789abcdefABCDEF" for letter in text):
            return None
        profile_idc, constraints, level_idc = bytes.fromhex(text)
        profile = _profile(profile_idc, constraints)
        return (
            cls(profile, profile_idc, constraints, _level(profile_idc, constraints, level_idc))
            if profile
            else None
        )


def _profile(profile_idc: int, constraints: int) -> Profile | None:
    """RFC 6184 table 5."""
    set0, set1 = constraints & _CONSTRAINT_SET0, constraints & _CONSTRAINT_SET1
    match profile_idc:
        case 0x42:
            return Profile.CONSTRAINED_BASELINE if set1 else Profile.BASELINE
        case 0x4D:
            return Profile.CONSTRAINED_BASELINE if set0 else Profile.MAIN
        case 0x58 if set0:
            return Profile.CONSTRAINED_BASELINE if set1 else Profile.BASELINE
        case 0x64:
            constrained = constraints & _CONSTRAINT_SETS_4_5 == _CONSTRAINT_SETS_4_5
            return Profile.CONSTRAINED_HIGH if constrained else Profile.HIGH
        case _:
            return None


def _level(profile_idc: int, constraints: int, level_idc: int) -> Level:
    """The highest level known that is not above `level_idc`; level 1 when there is none."""
    if level_idc == 11 and constraints & _CONSTRAINT_SET3 and profile_idc != _HIGH:
        level_idc = _LEVEL_1B_IDC
    if level_idc == _LEVEL_1B_IDC:
        return LEVELS[1]
    reached = [level for level in LEVELS if _LEVEL_1B_IDC != level.idc <= level_idc]
    return reached[-1] if reached else LEVELS[0]


def level_for(limits: VideoLimits) -> Level:
    """The lowest level that covers the limits; the highest of all when none does."""
    for level in LEVELS:
        if (
            level.frame_size_mb >= limits.frame_size_mb
            and level.macroblocks_per_s >= limits.macroblocks_per_s
            and level.bitrate_bps >= limits.bitrate_bps
        ):
            return level
    return LEVELS[-1]


def level_within(limits: VideoLimits) -> Level:
    """The highest level that allows no larger or faster pictures than the limits; the lowest of all when none does."""
    return next(
        (
            level
            for level in reversed(LEVELS)
            if level.frame_size_mb <= limits.frame_size_mb
            and level.macroblocks_per_s <= limits.macroblocks_per_s
        ),
        LEVELS[0],
    )


def lower(one: Level, other: Level) -> Level:
    """The lower of two levels; 1b stands between 1 and 1.1."""
    return min(one, other, key=LEVELS.index)


def asymmetric(parameters: Mapping[str, str]) -> bool:
    """The describing side lets each direction have its own level."""
    return parameters.get("level-asymmetry-allowed") == "1"


def peer_limits(peer: ProfileLevel, parameters: Mapping[str, str], own_level: Level) -> VideoLimits:
    """What the peer takes from us: its level, without asymmetry at most ours, raised by max-fs and so on.

    max-br counts 1000 bit/s; High profiles could read 1250 into it, we do not. max-smbps, max-cpb and max-dpb
    do not matter to us. A max- value below the level's is not allowed and does not lower it (section 8.1).
    """
    level = peer.level if asymmetric(parameters) else lower(peer.level, own_level)
    return VideoLimits(
        frame_size_mb=max(level.frame_size_mb, _parameter(parameters, "max-fs")),
        macroblocks_per_s=max(level.macroblocks_per_s, _parameter(parameters, "max-mbps")),
        bitrate_bps=max(level.bitrate_bps, _parameter(parameters, "max-br") * 1000),
    )


def own_parameters(
    profile_level: ProfileLevel, packetization_mode: int, receive: VideoLimits, *, allow_asymmetry: bool
) -> str:
    """Our fmtp text: what exceeds the stated level goes into max-fs, max-mbps and max-br."""
    level = profile_level.level
    parts = [f"profile-level-id={profile_level}", f"packetization-mode={packetization_mode}"]
    if allow_asymmetry:
        parts.append("level-asymmetry-allowed=1")
    if receive.frame_size_mb > level.frame_size_mb:
        parts.append(f"max-fs={receive.frame_size_mb}")
    if receive.macroblocks_per_s > level.macroblocks_per_s:
        parts.append(f"max-mbps={receive.macroblocks_per_s}")
    if receive.bitrate_bps > level.bitrate_bps:
        parts.append(f"max-br={receive.bitrate_bps // 1000}")
    return ";".join(parts)


def _parameter(parameters: Mapping[str, str], name: str) -> int:
    return number(parameters.get(name, ""), MAX_PARAMETER) or 0
