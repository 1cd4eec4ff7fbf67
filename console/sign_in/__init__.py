"""Signing in: with login and password, or through an identity provider; changing the password."""
