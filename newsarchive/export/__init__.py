"""The archive for others: its posts as records, and the formats they are given out in. docs/export.md shows them."""
