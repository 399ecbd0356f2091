"""Share and competition: purity, intrusions, distribution, assortment, availability, and why a share has changed."""
