"""Reading the archive in a browser: pages, feeds and JSON, made on the server, for this machine alone.

From the ground up: `library` (what is shown), `messages` and `language` (what is said), `bodyview` and `chart` (how),
`asking` (a request, and how it is answered), `pages`, `articles`, `feeds`, `api` (`openapi`), `maps` and `served` (the
addresses), `shield` (what browsers may do with an answer), `app` (all together), `server` (on a port; `background`: in
a thread).
"""
