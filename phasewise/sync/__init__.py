"""The one place where a connector meets the store: slices, checkpoints, receipts, sweeps, remap."""
