#!/usr/bin/env bash
# The quality gate of `make test`, in the order in which mistakes are cheapest to find. Stops at the first failure.
# Usage: scripts/gate.sh [step ...]   (all steps when none is named)
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
started=$SECONDS
fuzz_seconds=${FUZZ_SECONDS:-5}

lint() { $bin/ruff check . && $bin/ruff format --check .; }
types() { $bin/mypy; }
imports() { $bin/lint-imports; }

# native_build NAME SANITIZERS: configures and builds the C++ tests under .build/NAME.
native_build() {
  cmake -S native -B ".build/$1" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMS_MEDIA_TESTS=ON \
    -DCMS_MEDIA_SANITIZE="$2" -DCMS_MEDIA_MODULE=OFF > ".build/$1.log" 2>&1 || { cat ".build/$1.log"; return 1; }
  cmake --build ".build/$1" >> ".build/$1.log" 2>&1 || { tail -50 ".build/$1.log"; return 1; }
}
native() { native_build asan address,undefined && .build/asan/native_tests; }
native_threads() { native_build tsan thread && .build/tsan/native_tests --test-suite='*engine*'; }
native_fuzz() {
  local fuzzer name
  for fuzzer in .build/asan/*_fuzz; do
    name=$(basename "$fuzzer" _fuzz)
    "$fuzzer" --seconds "$fuzz_seconds" "tests/fuzz/$name"
  done
}
unit() { $bin/pytest -q tests --ignore tests/interop --ignore tests/scenarios --ignore tests/fuzz; }
scenarios() { $bin/pytest -q tests/scenarios; }
fuzz() { $bin/pytest -q tests/fuzz; }
interop() { $bin/pytest -q tests/interop; }

steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(lint types imports unit native native_threads native_fuzz fuzz scenarios interop)
for name in "${steps[@]}"; do
  printf '== %-16s (%d s)\n' "$name" $((SECONDS - started))
  "$name"
done
printf '== all passed       (%d s)\n' $((SECONDS - started))
