"""GStreamer's compositor, audiomixer and x264enc with the films of our own benchmark: CPU of one gst-launch process.

No network and no clock: files in, files out, as fast as it can. That leaves out what a bridge pays for packets, names
and being in time, so it flatters the peer. What starting costs is taken off by a second, short run.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from itertools import cycle, islice
from pathlib import Path

from benchmarks.peers.gstreamer_pipeline import FPS, GstView, opus_file, pipeline
from benchmarks.peers.result import PeerResult, peer_result
from cms_media.base.errors import ResourceError
from cms_media.base.types import LegId
from cms_media.bench.film import FilmShelf, default_folder
from cms_media.bench.plan import Plan, Scenario, leg_plan
from cms_media.bench.processes import end_on_sigterm
from cms_media.bench.sight import Expected, Judge, Verdict, expect
from cms_media.bench.verdict import WORST_PSNR_DB
from cms_media.bench.voice import voice
from cms_media.layout.arrange import Candidate
from cms_media.layout.types import Size

PROGRAM = "gst-launch-1.0"
PACKAGES = (
    "gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
    " gstreamer1.0-plugins-ugly gstreamer1.0-libav"
)
_ELEMENTS = (
    "h264parse avdec_h264 videoscale compositor x264enc oggdemux opusdec audiomixer opusenc rawaudioparse"
)
CANVAS = Size(1280, 720)
_SHORT_S = 1
_TIMEOUT_S = 60.0
_ACCESS_UNIT_DELIMITER = b"\0\0\0\1\x09"
_JUDGED = 36
"""Pictures of each view: what our own legs are looked at for."""


def missing() -> str:
    """How to install it; empty: it is there."""
    if shutil.which(PROGRAM) and all(map(_has, _ELEMENTS.split())):
        return ""
    return f"apt-get install {PACKAGES}"


def _has(element: str) -> bool:
    return subprocess.run(["gst-inspect-1.0", "--exists", element], check=False).returncode == 0


def measure(scenario: str, legs: int, source: str, seconds: int, films: Path) -> PeerResult:
    """Every leg's view composed and encoded. Raises ResourceError when it can not be run."""
    plan = leg_plan(Scenario(scenario), legs, source, float(seconds))
    shelf = FilmShelf(films)
    shelf.load(range(legs), lambda done, of: None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long_s = _run(plan, shelf, folder, seconds)
        verdicts = _judge(plan, shelf, folder)
        short_s = _run(plan, shelf, folder, _SHORT_S)
    wrong = [f"view {number}: {verdict.fault}" for number, verdict in enumerate(verdicts) if verdict.fault]
    quality = min(verdict.psnr_db for verdict in verdicts)
    if not wrong and quality < WORST_PSNR_DB:
        wrong = [f"a pane has {quality:.1f} dB"]
    version = subprocess.check_output([PROGRAM, "--version"], text=True).split()[2]
    spent_s = long_s - short_s
    return peer_result(f"GStreamer {version}", scenario, legs, seconds - _SHORT_S, spent_s, wrong, quality)


def _viewers(plan: Plan) -> list[LegId]:
    """Who gets an own picture: with oneself in it all see the same."""
    legs = [_leg(number) for number in range(plan.legs)]
    return legs[:1] if plan.scenario is Scenario.SHARED else legs


def _leg(number: int) -> LegId:
    return LegId(f"{number:032x}")


def _output(folder: Path, viewer: LegId) -> Path:
    return folder / f"view-{int(viewer, 16)}.h264"


def _run(plan: Plan, shelf: FilmShelf, folder: Path, seconds: int) -> float:
    """CPU seconds of the process for so much media."""
    films = [_film(shelf, plan, number, folder, seconds) for number in range(plan.legs)]
    voices = [_voice(number, folder, seconds) for number in range(plan.legs)]
    views = [
        GstView(
            [(pane.film, pane.rect.scaled(CANVAS)) for pane in _expected(plan, viewer).panes],
            _output(folder, viewer),
        )
        for viewer in _viewers(plan)
    ]
    return _cpu_s(pipeline(films, voices, views, CANVAS))


def _expected(plan: Plan, viewer: LegId) -> Expected:
    roster = [Candidate(_leg(number)) for number in range(plan.legs)]
    return expect(plan, roster, viewer, {_leg(number): (number, plan.source) for number in range(plan.legs)})


def _film(shelf: FilmShelf, plan: Plan, number: int, folder: Path, seconds: int) -> Path:
    path = folder / f"{number}.h264"
    units = islice(cycle(shelf.film(number, plan.source)), seconds * FPS)
    path.write_bytes(b"".join(unit.data for unit in units))
    return path


def _voice(number: int, folder: Path, seconds: int) -> Path:
    raw, ogg = folder / "voice.raw", folder / f"{number}.ogg"
    samples = voice(number).tobytes()
    raw.write_bytes((samples * (seconds // 2 + 1))[: seconds * 48_000 * 2])
    _cpu_s(opus_file(raw, ogg))
    return ogg


def _cpu_s(description: str) -> float:
    """Runs a pipeline to its end. Raises ResourceError when it fails."""
    before = os.times()
    try:
        done = subprocess.run(
            [PROGRAM, "--quiet", *description.split()], capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ResourceError(f"GStreamer took more than {_TIMEOUT_S:.0f} s") from None
    if done.returncode:
        raise ResourceError(f"GStreamer: {done.stderr.decode(errors='replace')[-500:]}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _judge(plan: Plan, shelf: FilmShelf, folder: Path) -> list[Verdict]:
    judge = Judge(shelf)
    verdicts = []
    for viewer in _viewers(plan):
        stream = _output(folder, viewer).read_bytes()
        units = [_ACCESS_UNIT_DELIMITER + unit for unit in stream.split(_ACCESS_UNIT_DELIMITER)[1:]]
        wanted = int(plan.seconds) * FPS
        if len(units) < wanted - 1:
            verdicts.append(Verdict(f"{len(units)} pictures instead of {wanted}"))
        else:
            verdicts.append(judge.judge(units[:_JUDGED], _expected(plan, viewer)))
    return verdicts


def main() -> None:
    """Prints one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=["gallery", "shared"], default="gallery")
    parser.add_argument("--legs", type=int, default=4)
    parser.add_argument("--source", choices=["720p", "360p"], default="720p")
    parser.add_argument("--seconds", type=int, default=9)
    parser.add_argument("--films", type=Path, default=default_folder())
    arguments = parser.parse_args()
    end_on_sigterm()
    result = measure(arguments.scenario, arguments.legs, arguments.source, arguments.seconds, arguments.films)
    print(json.dumps(result.to_json()))


if __name__ == "__main__":
    main()
