"""Scenarios: simulated hardware and a timeline of what goes wrong with it, from a YAML file."""
