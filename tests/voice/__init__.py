"""Tests of the voice: what is said, and how it sounds."""
