"""Prices on the shelf: what the tags say, beside what the catalogue and running price cuts say."""
