"""What runs in a worker process: one native engine and one single-threaded picture loop.

    engine (access unit) ─► source (decode, only while seen) ─► tile (one scale per pane size)
        ─► compose (canvas) ─► view (encode once) ─► engine (packets to every leg of the view)

Audio never comes here: the engine mixes it; `legs` only says which stream is in which room. Nothing blocks
but the loop's select.
"""
