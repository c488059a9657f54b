"""The source in a box: a mirror and a share host on loopback, for the demo, tests and measurements."""
