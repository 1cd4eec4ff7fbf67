"""Calls announced one at a time: what is said, made into sound, and played."""
