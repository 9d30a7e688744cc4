"""笔杆 (bigan): a local writing assistant for Chinese official documents."""

__version__ = "0.1.0"
