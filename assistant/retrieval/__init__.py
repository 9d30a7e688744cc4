"""The index on disk and the search over it."""
