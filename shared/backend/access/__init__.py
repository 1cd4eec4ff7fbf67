"""Who may come in: people, sessions, devices and their pairing, and how often a stranger may try."""
