"""A checked ledger as a table to read."""

from __future__ import annotations

from rich.table import Table

from firmware_sim.world.ledger.balance import Balance

_ROWS = (
    ("coolers: opening", "opening", ""),
    ("+ refills", "refills", "+"),
    ("- sales", "sales", "-"),
    ("- removed", "removed", "-"),
    ("= closing, as counted", "closing", "="),
    ("backrooms: opening", "backroom_opening", ""),
    ("+ delivered", "delivered", "+"),
    ("- carried into coolers", "carried", "-"),
    ("= closing, as counted", "backroom_closing", "="),
)


def balance_table(balance: Balance) -> Table:
    """Totals of a ledger in units."""
    table = Table(title=f"{balance.outlets:,} outlets, {balance.accounts:,} accounts")
    table.add_column("")
    table.add_column("units", justify="right")
    for title, name, sign in _ROWS:
        table.add_row(title, f"{balance.units.get(name, 0):,}", end_section=sign == "=")
    return table
