"""One file a vendor, or a folder with a file per stream group. Each defines `CONNECTOR`."""
