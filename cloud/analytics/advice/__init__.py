"""Advice: which SKUs an outlet should drop or take up, and which arrangements of the shelves sell more."""
