"""Spiders ask: who is fetched, in which order."""
