"""The vendor-neutral records and the values that cross rooms. Standard library only."""
