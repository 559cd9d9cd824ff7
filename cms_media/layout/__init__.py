"""Rectangles: which panes a layout has and who is shown in which. Pure functions of values."""
