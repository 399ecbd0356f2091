"""Promotions as they are planned: what is promoted, where, when, how, and what it costs.

What they did is studied in `cloud.analytics.promo`.
"""
