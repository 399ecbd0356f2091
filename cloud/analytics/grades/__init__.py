"""Outlet grades: what each pillar says of an outlet, their weighted sum, and what would raise it most."""
