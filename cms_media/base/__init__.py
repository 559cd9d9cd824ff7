"""What every package may use: errors, units, the clock, supervised tasks, logging, settings reading.

Imports nothing of ours. Nothing here knows of SIP, media or conferences.
"""
