"""What somebody or something may be called: all of it is seen, and nothing passes for another."""

from __future__ import annotations
