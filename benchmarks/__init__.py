"""Measurements of the product on one machine in one run: read them as ratios."""
