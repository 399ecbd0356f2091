"""A week of the world with photos, in the files that the demo reads."""
