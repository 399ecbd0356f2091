"""How wrong counts may be: learned from labelled photos, judged on others."""
