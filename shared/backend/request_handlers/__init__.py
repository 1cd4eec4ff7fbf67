"""Handlers of the requests in ``shared.requests``: staff, devices, contacts, personal data, the audit."""
