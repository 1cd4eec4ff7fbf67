"""The set-up: services, points, precedences, exceptional days, people, devices, audit, and the set-up as a file."""
