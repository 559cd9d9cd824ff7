"""Calls whose legs are on more than one worker: this worker's part of what `media.span` arranges.

    tile_exports ─► ring ─► remotes          a source at the size of a pane, from the worker that decodes it
    relay (Writer) ─► ring ─► relay (Reader)  an encoded view, from the worker that encodes it

The sums of the talkers are the native engine's business (`Engine.span_room`).
"""
