#!/usr/bin/env bash
# Installs the Debian/Ubuntu packages that are missing, each named with its reason. Idempotent; root only when needed.
# Usage: scripts/system_packages.sh [--test]
set -euo pipefail

build_packages=(
  build-essential      # compiler for the native core and pjsua2
  ca-certificates      # PyPI over TLS
  cmake ninja-build    # native build
  debian-archive-keyring # verifies the source package that carries pjproject
  dpkg-dev xz-utils    # fetches and unpacks that source package
  fonts-dejavu-core    # name labels and cards
  libopus-dev          # Opus
  libspandsp-dev       # G.722
  libssl-dev           # SRTP by EVP, SIP over TLS
  libvpx-dev           # VP8 with our own rate control: PyAV opens it anew for another rate, which costs a key frame
  libx264-dev          # H.264 with our own rate control: PyAV cannot force a QP or name what did not change
  openssl              # looking at certificates
  pkg-config           # finds the libraries above
  python3 python3-dev python3-venv
  swig                 # pjsua2's Python binding
)
test_packages=(
  baresip-core baresip-ffmpeg # SIP endpoint nobody here wrote, with H.264 and VP8
  doctest-dev          # C++ unit tests
  iproute2             # network namespaces for lossy links
  libyuv-dev           # the peer in the picture kernels' benchmark
  sip-tester           # sipp
  tshark               # judges what we put on the wire
)

wanted=("${build_packages[@]}")
if [ "${1:-}" = --test ]; then wanted+=("${test_packages[@]}"); fi

if ! command -v apt-get >/dev/null; then
  echo "cms-media builds on Debian 12 and Ubuntu 24.04: apt-get is not here. Install these by hand: ${wanted[*]}" >&2
  exit 1
fi

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "   installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A chroot or container has no running services to ask about, and tshark asks about capture rights.
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
