"""Databases as each released form of the program wrote them, and how they come back."""
