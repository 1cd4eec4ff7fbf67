"""The signs over service points."""
