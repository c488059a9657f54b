"""newsarchive keeps what a vanishing news feed publishes."""

__version__ = "0.1.0"
