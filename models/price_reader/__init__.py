"""The price reader: a small network that reads the price off the picture of a price tag.

It learns from tags that are drawn (`tags.py`) and worn as cameras wear them (`wear.py`): their prices are known.
"""
