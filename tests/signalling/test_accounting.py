import logging

import pytest

from cms_media.signalling.accounting import MEMORY, FaultLog, SipCounters


def test_once_per_fault_and_host(caplog: pytest.LogCaptureFixture) -> None:
    faults = FaultLog()
    with caplog.at_level(logging.WARNING):
        assert faults.warn("bad", "10.0.0.1:5060")
        assert not faults.warn("bad", "10.0.0.1:5061")
        assert faults.warn("bad", "10.0.0.2:5060")
        assert faults.warn("worse", "10.0.0.1:5060")
    assert len(caplog.records) == 3


def test_memory_is_bounded() -> None:
    faults = FaultLog()
    for number in range(MEMORY + 1):
        faults.warn("bad", f"peer{number}:1")
    assert faults.warn("bad", "peer0:1")


def test_counters_show_themselves() -> None:
    assert SipCounters(calls_in=2).snapshot()["calls_in"] == 2
