"""Calls whose legs are on more than one worker: what the workers exchange through shared memory. Control's part.

    audio   each worker's sum of its own talkers, read by the call's other workers one tick later
    tiles   a source at the size of a pane: decoded and scaled by the worker that has the leg, blitted by all others
    views   encoded pictures of a view that legs on several workers see: encoded by one, sent by all

Control decides who writes and who reads, makes the rings (`native.SlotRing`) and takes them away; the workers
find them by path. The books here are pure: what a worker reported in, messages to workers out. A worker that dies
takes its writing with it: readers see records grow old, and are told.
"""
