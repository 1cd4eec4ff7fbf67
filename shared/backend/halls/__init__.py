"""The halls in a database: ledger, journal, audit, and their administration, check and backup."""
