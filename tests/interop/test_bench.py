"""The bench itself, on a real bridge: a short run must count and have the keys that others read."""

import json
import subprocess
from pathlib import Path

import pytest

from cms_media.bench.bridge_process import COMMAND

pytestmark = pytest.mark.interop

KEYS = (
    "scenario legs resolution seconds cpu_s cpu_ms_per_leg_s legs_per_core out_fps_min psnr_db_min encodes decodes"
    " workers"
)


def _bench(*arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [COMMAND, "bench", *arguments, "--json"], capture_output=True, timeout=100, check=False
    )
    try:
        report: dict[str, object] = json.loads(done.stdout)
    except ValueError:
        raise AssertionError(f"no report:\n{done.stderr.decode()}") from None
    assert done.returncode == bool(report["void"])
    return report


def test_three_legs_in_a_gallery(tmp_path: Path) -> None:
    report = _bench("legs", "--legs", "3", "--source", "360p", "--seconds", "5", "--films", str(tmp_path))
    assert report["void"] == []
    assert report.keys() >= set(KEYS.split())
    assert (report["scenario"], report["legs"], report["resolution"]) == ("gallery", 3, "720p30")
    assert 400 <= int(str(report["encodes"])) <= 500


def test_calls_are_set_up_and_nobody_stays() -> None:
    report = _bench("setup", "--legs", "3", "--seconds", "2")
    assert report["void"] == []
    assert report.keys() >= set(KEYS.split())
    assert (report["scenario"], report["legs"], report["failed"]) == ("setup", 3, [])
    assert int(str(report["setups"])) > 10
