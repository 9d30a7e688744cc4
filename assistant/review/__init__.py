"""Review a text: pure functions from text to findings, no I/O beyond the rule data."""
