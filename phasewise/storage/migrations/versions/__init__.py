"""One file a revision, forward only: `vNNNN_<what it does>.py`, written by hand.

A revision says in full what it changes and imports nothing of `tables.py`, so that it stays true when the
tables change again; a test compares all of them in turn with the tables as they are drawn. Whoever changes a
view without a table adds a revision that does nothing: views are only made anew by an upgrade.
"""
