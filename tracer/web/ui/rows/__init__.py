"""The rows of the table of routes, one file an area; `routes` puts them together.

The order of the menu is that of the rows.
"""
