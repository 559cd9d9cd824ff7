"""`cms-media bench`: what this machine carries, measured on the real bridge with every leg's output checked.

    run ─► measured_bridge the bridge, as `cms-media serve` runs it         (its CPU time is what is measured)
        └► generator       one process with all the endpoints               (not counted)
             crowd: legs ─► projector: films, encoded beforehand, with a mark that tells source and picture
                         ─► watch: counts access units; after the window decodes each distinct stream, reads the
                            marks and compares every pane with the film
             redial: lines that call, hear, hang up and call again, on plain sockets (`bench setup`, see setup_run)
        floor              what the bare codec takes for the same, in the same run
        verdict            what makes a run void
        headline, report   the stable JSON keys: those of all benches, and each one's own

The two processes talk in `messages`. A view that several legs share is decoded once, and only after the measured time,
so that checking costs the bridge nothing while it counts. Imported by `cli`, tests and benchmarks only.
"""
