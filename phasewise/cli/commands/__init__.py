"""One file a command. Each defines `register(app)`; imports of other rooms stand inside the functions."""
