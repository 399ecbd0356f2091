"""Judges the whole of vision on labelled photos: what was found, how it was named, how it was counted."""
