"""A conference as a GStreamer pipeline, written for gst-launch. Pure.

source: file ─► h264parse ─► avdec_h264 ─► videoscale (once per size of a pane) ─► tee ─┐
view:   compositor ◄──────────────────────────────────────────────── a queue for each ─┘
        compositor ─► x264enc ─► file                 sound alike: opusdec ─► tee ─► audiomixer ─► opusenc
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cms_media.layout.types import PixelRect, Size

FPS = 30
_ENCODER = (
    "x264enc speed-preset=superfast tune=zerolatency threads=1 sliced-threads=false pass=qual quantizer=24"
    " bitrate=2000 vbv-buf-capacity=500 key-int-max=100000 byte-stream=true aud=true"
    ' option-string="scenecut=0:weightp=0:aq-mode=0" ! video/x-h264,profile=baseline,stream-format=byte-stream'
)
"""As the yardstick's."""
_OPUS = "opusenc bitrate=40000 frame-size=20 audio-type=voice"


@dataclass(frozen=True, slots=True)
class GstView:
    """A composed picture: which sources where."""

    panes: Sequence[tuple[int, PixelRect]]
    pictures: Path
    """Where the encoded pictures go."""

    def sizes_of(self, source: int) -> set[tuple[int, int]]:
        """In which this source is shown."""
        return {(rect.width, rect.height) for shown, rect in self.panes if shown == source}


def pipeline(films: Sequence[Path], voices: Sequence[Path], views: Sequence[GstView], canvas: Size) -> str:
    """For `gst-launch-1.0`: everybody hears all others. Films are Annex B, voices Opus in Ogg."""
    parts = [
        _source(number, film, voice, sorted({size for view in views for size in view.sizes_of(number)}))
        for number, (film, voice) in enumerate(zip(films, voices, strict=True))
    ]
    parts += [_view(number, view, canvas) for number, view in enumerate(views)]
    parts += [_mix(number, len(voices)) for number in range(len(voices))]
    return " ".join(parts)


def opus_file(raw: Path, ogg: Path) -> str:
    """Encodes 48 kHz mono samples."""
    return (
        f"filesrc location={raw} ! rawaudioparse pcm-format=s16le sample-rate=48000 num-channels=1"
        f" ! audioconvert ! {_OPUS} ! oggmux ! filesink location={ogg}"
    )


def _source(number: int, film: Path, voice: Path, sizes: Sequence[tuple[int, int]]) -> str:
    tiles = [
        f"d{number}. ! queue ! videoscale ! video/x-raw,format=I420,width={width},height={height}"
        f" ! tee name={_tile(number, width, height)}"
        for width, height in sizes
    ]
    return " ".join(
        [
            f"filesrc location={film} ! h264parse ! video/x-h264,framerate={FPS}/1 ! avdec_h264 max-threads=1",
            f"! tee name=d{number}",
            *tiles,
            f"filesrc location={voice} ! oggdemux ! opusdec ! tee name=a{number}",
        ]
    )


def _tile(source: int, width: int, height: int) -> str:
    return f"t{source}x{width}x{height}"


def _view(number: int, view: GstView, canvas: Size) -> str:
    places = " ".join(
        f"sink_{pad}::xpos={rect.x} sink_{pad}::ypos={rect.y} sink_{pad}::width={rect.width}"
        f" sink_{pad}::height={rect.height}"
        for pad, (_, rect) in enumerate(view.panes)
    )
    feeds = [
        f"{_tile(source, rect.width, rect.height)}. ! queue ! c{number}.sink_{pad}"
        for pad, (source, rect) in enumerate(view.panes)
    ]
    return " ".join(
        [
            f"compositor name=c{number} background=black {places}",
            f"! video/x-raw,format=I420,width={canvas.width_px},height={canvas.height_px},framerate={FPS}/1",
            f"! {_ENCODER} ! filesink location={view.pictures}",
            *feeds,
        ]
    )


def _mix(listener: int, talkers: int) -> str:
    return " ".join(
        [
            f"audiomixer name=m{listener} ! audio/x-raw,rate=48000,channels=1 ! {_OPUS} ! fakesink",
            *(f"a{talker}. ! queue ! m{listener}." for talker in range(talkers) if talker != listener),
        ]
    )
