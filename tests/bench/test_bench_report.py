"""The JSON keys that others read, and the arithmetic behind them."""

import pytest

from cms_media.bench.headline import BridgeCost
from cms_media.bench.messages import RawCost
from cms_media.bench.plan import Scenario, audio_plan
from cms_media.bench.report import make_report
from tests.bench.runs import COUNTED, PLAN, SEEN

PROMISED = (
    "scenario legs resolution seconds cpu_s cpu_ms_per_leg_s legs_per_core out_fps_min psnr_db_min encodes decodes"
    " workers"
)
COST = BridgeCost(
    seconds=10.0,
    cpu_s=2.0,
    cpu_s_by_process={"control": 0.1, "worker-0": 1.9},
    memory_mb=200.0,
    memory_before_mb=160.0,
    workers=1,
    encodes=600,
    decodes=599,
    frames_late=0,
)


def test_the_promised_keys_and_their_values() -> None:
    raws = [RawCost(0.5, 3.0), RawCost(1.5, 5.0)]
    values = make_report(PLAN, COST, COUNTED, SEEN, raws, [], 2).to_json()
    assert {key: values[key] for key in PROMISED.split()} == {
        "scenario": "gallery",
        "legs": 2,
        "resolution": "720p30",
        "seconds": 10.0,
        "cpu_s": 2.0,
        "cpu_ms_per_leg_s": 100.0,
        "legs_per_core": 10.0,
        "out_fps_min": 29.9,
        "psnr_db_min": 39.0,
        "encodes": 600,
        "decodes": 599,
        "workers": 1,
    }
    assert values["ratio_to_raw_codec"] == pytest.approx(100 / 150, abs=0.001)
    assert values["raw_codec_legs_per_core"] == pytest.approx(1000 / 150, abs=0.01)
    # A leg is 1000 units, 85 % of two cores may be filled.
    assert (values["load_limit"], values["memory_mb_per_leg"], values["void"]) == (17_000, 20.0, [])
    assert values["sent"] == {"720p": 1, "360p": 1}


def test_a_void_run_has_no_load_limit_and_says_why() -> None:
    values = make_report(PLAN, COST, COUNTED, SEEN, [], ["why"], 2).to_json()
    assert (values["load_limit"], values["void"], values["ratio_to_raw_codec"]) == (0, ["why"], 0.0)


def test_audio_has_no_picture_figures() -> None:
    plan = audio_plan(Scenario.OPUS, 2, 10.0)
    values = make_report(plan, COST, COUNTED, type(SEEN)((), 0, None), [], [], 2).to_json()
    assert (values["resolution"], values["out_fps_min"], values["psnr_db_min"]) == ("", 0.0, 0.0)
    assert values["load_limit"] == int(0.85 * 10 * 2 * 77)
