"""Boards, pager bases and lamps that hear of the same calls."""
