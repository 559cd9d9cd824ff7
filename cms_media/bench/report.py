"""What a run with pictures or sound came to, in the stable JSON keys of `cms-media bench --json`. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cms_media.bench.headline import BridgeCost, Headline, Pictures, headline, per_core
from cms_media.bench.messages import Counted, RawCost, Seen
from cms_media.bench.plan import Plan
from cms_media.media.capacity import AUDIO_UNITS, video_units
from cms_media.media.worker.ladder import FITS
from cms_media.sdp.capabilities import HD_30

_FPS = 30
_USABLE = FITS
"""Share of the cores that a load limit may fill: as much as a worker trusts itself to keep up with."""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """One run. More keys may come; these stay."""

    headline: Headline
    source: str
    """What legs send when nobody asks for less."""
    raw_codec_ms_per_leg_s: float
    """One decode of what a leg sends and one private encode of what it gets, bare codec, same run: see `floor`."""
    ratio_to_raw_codec: float
    """cpu_ms_per_leg_s over that: what to compare between machines and days."""
    raw_codec_legs_per_core: float
    """What the bare codec alone would carry."""
    load_limit: int
    """For the machine, in load units, with the cores that media may have; 0: the run is void."""
    frames_late: int
    late_legs: dict[str, float]
    """Legs below the full rate, and what they got."""
    sent: dict[str, int]
    """How many legs sent what in the end."""
    streams: int
    """Distinct ones that were seen."""
    audio_gaps: int
    audio_concealed: int
    memory_mb_per_leg: float
    generator_late_percent: float
    raw_decode_ms: float = 0.0
    raw_encode_ms: float = 0.0

    def to_json(self) -> dict[str, object]:
        """Plain values for json.dumps: the shared keys first."""
        values = asdict(self)
        return {**values.pop("headline"), **values}


def make_report(
    plan: Plan,
    cost: BridgeCost,
    counted: Counted,
    seen: Seen,
    raws: Sequence[RawCost],
    void: Sequence[str],
    media_cores: int,
) -> BenchReport:
    """All figures of a run. `raws` are the measurements before and after."""
    per_leg_ms = cost.ms_per_leg_s(plan.legs)
    decode_ms = sum(raw.decode_ms for raw in raws) / max(1, len(raws))
    encode_ms = sum(raw.encode_ms for raw in raws) / max(1, len(raws))
    raw_ms = _FPS * (decode_ms + encode_ms)
    units = video_units(HD_30) if plan.video else AUDIO_UNITS
    return BenchReport(
        headline=headline(plan, cost, counted.cpu_s, void, _pictures(plan, counted, seen)),
        source=plan.source,
        raw_codec_ms_per_leg_s=round(raw_ms, 2),
        ratio_to_raw_codec=round(per_leg_ms / raw_ms, 3) if raw_ms else 0.0,
        raw_codec_legs_per_core=round(per_core(raw_ms), 2),
        load_limit=0 if void else int(_USABLE * per_core(per_leg_ms) * media_cores * units),
        frames_late=cost.frames_late,
        late_legs={leg.name: leg.fps for leg in counted.legs if leg.fps < _FPS - 0.5} if plan.video else {},
        sent=dict(Counter(leg.sends for leg in counted.legs if leg.sends)),
        streams=seen.streams,
        audio_gaps=sum(ear.gaps for ear in counted.ears),
        audio_concealed=sum(leg.audio_concealed for leg in counted.legs),
        memory_mb_per_leg=round((cost.memory_mb - cost.memory_before_mb) / plan.legs, 2),
        generator_late_percent=round(100 * counted.sent_late / max(1, counted.sent), 2),
        raw_decode_ms=round(decode_ms, 3),
        raw_encode_ms=round(encode_ms, 3),
    )


def _pictures(plan: Plan, counted: Counted, seen: Seen) -> Pictures:
    if not plan.video:
        return Pictures()
    heights_px = sorted({leg.height_px for leg in seen.legs if leg.height_px})
    return Pictures(
        resolution="+".join(f"{height}p{_FPS}" for height in heights_px),
        out_fps_min=min((leg.fps for leg in counted.legs), default=0.0),
        psnr_db_min=min((leg.psnr_db for leg in seen.legs), default=0.0),
    )
