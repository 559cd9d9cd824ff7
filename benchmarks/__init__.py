"""The figures we promise.

`python -m benchmarks` runs all, `python -m benchmarks NAME` one; each prints one JSON object.
`capacity` is the table of docs/bench.md: legs per core against the targets, with the peers that Debian packages beside.
CPU time comes from the kernel's account of the bridge's processes; load generators are other processes and not counted.
"""
