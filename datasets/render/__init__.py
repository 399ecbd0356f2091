"""Renders photos of drinks coolers whose every unit is known: what stands where, and how much of it shows."""
