"""The one spider of the peer."""
