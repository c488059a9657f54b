"""The archive for analysts: a lean database of it, and what Datasette needs to know to serve that well.

`snapshot` makes the database, in newsarchive's environment. `finding` and `metadata` are for the plugin in
``plugins/``, in Datasette's environment, where little of newsarchive's is installed. docs/datasette.md shows it.
"""
