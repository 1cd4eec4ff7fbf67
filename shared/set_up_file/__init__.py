"""A hall's whole set-up as one TOML file that an administrator can read, keep and change."""
