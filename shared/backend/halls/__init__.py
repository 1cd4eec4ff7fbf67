"""Where halls live: the ledger, what it writes, and how a hall is looked after."""
