"""Looks at each stored photo once more: judges it by its planogram, keeps its facings by shelf, follows intrusions."""
