"""One file a simulated vendor, or a folder. Each defines `SIMULATOR`."""
