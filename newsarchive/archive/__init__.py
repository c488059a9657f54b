"""What is kept: posts, captures and the ledger, and the one way a file is written."""
