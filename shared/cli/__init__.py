"""The ``nowserving`` command: halls, staff, devices, the audit and personal data."""
