"""The desk beside the hall: answers to what ``shared.access`` asks."""
