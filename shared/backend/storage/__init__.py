"""Databases: their tables, how each kind is opened, written and read, and how an older one is brought up to date."""
