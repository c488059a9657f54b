"""What watches a run from the side: progress and verdict."""
