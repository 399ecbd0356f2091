"""Hourly and daily sums of shelf lines and judgements, kept as they come in: what the KPIs of a period are made from.

A bucket (a cooler in an hour of UTC, or on a business day of its outlet) is never added to. Whatever touches it has it
made anew from the raw rows, each message once; so late, repeated and out-of-order messages end in the same numbers.
What products are (own, brand, owner) and what outlets are (region, class) is not in the rollups: it is looked up when
they are read, so a changed catalogue needs no re-computation.
"""
