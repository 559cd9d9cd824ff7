"""Time, as everything that decides by it takes it: a function that gives seconds and never goes back."""

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds since some moment; only differences mean anything. Tests give one that they turn themselves."""

MONOTONIC: Clock = time.monotonic
"""CLOCK_MONOTONIC, the clock of the native engine as well."""
