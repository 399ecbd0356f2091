"""Composes photos of drinks coolers from drawn packs in a moment; every unit of them is known.

For live cameras and quick tests. Photo-real scenes come from `datasets.render`, which takes seconds for each.
"""
