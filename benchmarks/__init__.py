"""Measurements. Nothing here is a test: no figure is asserted, and ratios within one run are what counts."""
