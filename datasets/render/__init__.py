"""Renders photo-real scenes of coolers, shelves and displays with Mitsuba 3; everything in them is known.

The way of a scene: `Catalogue` -> `PackModel` per SKU -> furniture filled with items -> `Rendering` (light as an ideal
camera sees it, and which item each pixel shows) -> stress (lens, sensor, weather) -> photo, labels and truth.
"""
