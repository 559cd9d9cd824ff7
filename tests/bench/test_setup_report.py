"""What `bench setup` says, and what makes it void."""

from dataclasses import replace

import pytest

from cms_media.bench.messages import SetUps
from cms_media.bench.plan import setup_plan
from cms_media.bench.setup_report import make_setup_report, setup_void_reasons
from tests.bench.test_bench_report import COST, PROMISED

MADE = SetUps(10.0, 1000, 0, (), 8.0, 20.0, 90.0, 3.0)


def test_a_good_run_counts() -> None:
    assert setup_void_reasons(MADE, 0, 0) == []


@pytest.mark.parametrize(
    ("made", "workers_lost", "legs_left", "word"),
    [
        (replace(MADE, made=0), 0, 0, "no call"),
        (
            replace(MADE, failures=2, failed=("call 7: no sound", "call 9: no end")),
            0,
            0,
            "2 calls failed: call 7",
        ),
        (replace(MADE, worst_ms=500.0), 0, 0, "sent again"),
        (MADE, 1, 0, "workers"),
        (MADE, 0, 3, "3 legs stayed"),
    ],
)
def test_a_fault_is_named(made: SetUps, workers_lost: int, legs_left: int, word: str) -> None:
    (reason,) = setup_void_reasons(made, workers_lost, legs_left)
    assert word in reason


def test_the_keys_that_all_benches_share_and_the_arithmetic() -> None:
    values = make_setup_report(setup_plan(20, 10.0), COST, MADE, []).to_json()
    assert values.keys() >= set(PROMISED.split())
    assert (values["scenario"], values["legs"], values["workers"]) == ("setup", 20, 1)
    assert (values["setups"], values["setups_per_s"], values["setups_per_core_s"]) == (1000, 100.0, 500.0)
    assert (values["cpu_ms_per_setup"], values["cpu_ms_per_leg_s"]) == (2.0, 10.0)
    assert values["memory_kb_per_setup"] == pytest.approx(40.96)
