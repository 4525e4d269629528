"""What every connector promises: a function a promise, its name the promise. Found by being there.

A promise takes the connector under test and one of its streams. It raises AssertionError when it is not kept,
and SkipTest, which pytest shows, where the source cannot be asked.
"""
