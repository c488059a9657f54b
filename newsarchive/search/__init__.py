"""Finding what is archived: an index of its own beside the ledger, made of posts and ledger, gone without a loss.

From the ground up: `folding` (what is the same to a searcher), `query` (what was asked), `marking` (where it stands in
a text), `store` (the file), `index` (bringing it up to date), `reader` (asking it).
"""

LIMIT = 20
"""How many hits are given at once, unless more or fewer are asked for."""
