"""Measurements beside peers. Every figure is a ratio taken in one run, the two sides in turn."""
