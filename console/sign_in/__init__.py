"""Coming in: log-in, a first password, an identity provider."""
