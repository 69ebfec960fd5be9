"""Measurements of the product: ratios within one run, since machines differ. Nothing here is a test."""
