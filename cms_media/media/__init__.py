"""The media plane as control sees it, and in `worker` what runs in a worker process.

Role: carries out `conference.ports.MediaPort` and reports through `MediaEvents`. Control keeps a pool of
worker processes; a call lives on one worker, so that its legs share decodes, tiles and encodes. One socket
pair per worker carries JSON lines both ways (`messages`). Who may import it: `app`; `worker` is imported by
nobody but its own process and the benchmarks. Of `conference` it knows only the ports.

    MediaPlane ─► pool: WorkerProcess ═ socket pair ═► worker.loop ─► legs, sources, views ─► native Engine
"""
