"""Planogram compliance: how well a photo agrees with its planogram, and the fewest moves that would repair it."""
