"""A hall's whole set-up as one TOML file an administrator can read, keep and change."""
