"""One file a revision, forward only; `vNNNN_<what it does>.py`."""
