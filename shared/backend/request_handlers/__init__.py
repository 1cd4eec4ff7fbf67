"""Handlers of the requests in ``shared.requests``: staff, devices, media, contacts, personal data, the audit."""
