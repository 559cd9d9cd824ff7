#!/usr/bin/env bash
# Proves the README on a machine that has nothing: a fresh Debian 12 from debootstrap, with git and make, in a chroot with a process
# tree of its own. Prints how long each command took.
# Usage (root): scripts/bare_machine.sh DIRECTORY [run|test ...]      needs debootstrap; about 3 GB in DIRECTORY
set -euo pipefail
root=${1:?usage: scripts/bare_machine.sh DIRECTORY [run|test ...]}
shift
commands=("$@")
[ ${#commands[@]} -gt 0 ] || commands=(run test)
here=$(cd "$(dirname "$0")/.." && pwd)

if ! [ -x "$root/bin/bash" ]; then
  echo "== debootstrap bookworm into $root"
  debootstrap --variant=minbase --include=make,git,ca-certificates bookworm "$root" >/dev/null
fi
# What a machine gets from its network: name servers, and the CAs of a proxy if there is one.
cp /etc/resolv.conf "$root/etc/resolv.conf"
find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true
chroot "$root" update-ca-certificates >/dev/null 2>&1
grep -q "$(hostname)" "$root/etc/hosts" 2>/dev/null || echo "127.0.0.1 localhost $(hostname)" >> "$root/etc/hosts"

rm -rf "$root/srv/cms-media"
git clone -q "$here" "$root/srv/cms-media"

# inside COMMAND: in the chroot with an empty environment, its own /proc, /dev and process tree (nothing outlives it).
inside() {
  unshare --mount --pid --fork --kill-child bash -c '
    mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; mount -t tmpfs tmpfs "$1/run"
    exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 chroot "$1" bash -c "cd /srv/cms-media; $2"' _ "$root" "$1"
}
timed() {
  local started=$SECONDS
  inside "$2"
  printf '== %s: %d s\n' "$1" $((SECONDS - started))
}

# Starts the bridge, waits until its status answers, then stops it as Ctrl-C would.
run_once='make run & pid=$!; for i in $(seq 900); do sleep 1; [ -x .venv/bin/cms-media ] && .venv/bin/cms-media status --json >/dev/null 2>&1 && break; kill -0 $pid 2>/dev/null || exit 1; done; .venv/bin/cms-media status && kill -INT $(cat data/bridge.pid) && wait $pid'
for command in "${commands[@]}"; do
  case $command in
    run) timed "first make run until it answers" "$run_once"; timed "second make run until it answers" "$run_once" ;;
    test) timed "make test" "make test" ;;
    *) echo "unknown: $command (run, test)" >&2; exit 1 ;;
  esac
done
