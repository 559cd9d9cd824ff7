#!/usr/bin/env bash
# Makes this checkout ready to run: system packages, .venv, the pjsua2 wheel, the native module. A second run takes seconds:
# each step has a stamp keyed by what it depends on. Usage: scripts/build.sh [--test]
set -euo pipefail
cd "$(dirname "$0")/.."

extras="" && packages_flag=""
if [ "${1:-}" = --test ]; then extras="[dev]" packages_flag=--test; fi
stamps=.build/stamps
mkdir -p "$stamps"
started=$SECONDS

step() { printf '== %-28s (%d s)\n' "$1" $((SECONDS - started)); }
hash_of() { find "$@" -type f -not -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16; }
# stamped NAME KEY: true when the step was done for this key already.
stamped() { [ "$(cat "$stamps/$1" 2>/dev/null)" = "$2" ]; }

step "system packages"
scripts/system_packages.sh $packages_flag

python=/usr/bin/python3
key="$($python -V)$(hash_of pyproject.toml)$extras"
if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null; then
  step "virtual environment .venv"
  $python -m venv --clear .venv
  rm -f "$stamps"/*
fi
if ! stamped packages "$key" && ! stamped packages "${key}[dev]"; then
  step "Python packages"
  .venv/bin/python scripts/requirements.py $extras > .build/requirements.txt
  .venv/bin/pip install --quiet --disable-pip-version-check -r .build/requirements.txt
  echo "$key" > "$stamps/packages"
fi

key=$(hash_of native/pjsua2)
if ! stamped pjsua2 "$key"; then
  step "pjsua2 (once, about 2 minutes)"
  wheel=$(.venv/bin/python native/pjsua2/build.py --print-wheel)
  .venv/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheel"
  echo "$key" > "$stamps/pjsua2"
fi

key=$(hash_of pyproject.toml native/CMakeLists.txt native/wire native/payload native/audio native/session native/engine native/video native/encoder native/bindings)
if ! stamped native "$key"; then
  step "native module"
  if ! .venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e . > .build/native.log 2>&1; then
    tail -40 .build/native.log >&2
    exit 1
  fi
  echo "$key" > "$stamps/native"
fi
step "ready"
