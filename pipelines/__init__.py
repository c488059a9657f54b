"""Pipelines: what happens to an article on its way into the archive, one step a file."""
