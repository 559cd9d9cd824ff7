"""What others do with the same clips on the same machine: programs that Debian packages, each optional.

What a peer gives out is checked like our own: pictures by who is in which pane and how well it looks, sound by gaps.
"""
