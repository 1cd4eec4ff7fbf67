"""Authentication: accounts, sessions, devices and their pairing, sign-on, rate limits."""
