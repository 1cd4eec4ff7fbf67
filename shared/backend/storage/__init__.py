"""Databases: tables, opening, writing and reading each kind, backup and restore, migrations of older ones."""
