"""The truth ledger: every unit that came or went, and in what world, as Parquet; docs/simulator.md has its tables."""
