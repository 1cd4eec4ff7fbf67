"""The administrator's pages: services, points, precedences, days, people, devices, the audit, the set-up as a file."""
