"""Reading the archive in a browser: pages, feeds and JSON, made on the server, from this machine alone.

From the ground up: `messages` and `language` (what it says), `library` (what it shows), `bodyview`, `chart` and
`calendar` (how), `pages`, `articles`, `feeds`, `api`, `maps`, `served` (its addresses), `shield` (what browsers may do
with it), `app` (all together), `server` (on a port).
"""
