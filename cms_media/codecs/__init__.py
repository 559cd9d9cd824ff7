"""Codecs: the table of what can be negotiated, and the video codecs themselves through PyAV.

Audio codecs run in `native`; only their table entry is here. PyAV is imported nowhere else.
"""
