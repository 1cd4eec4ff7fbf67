"""The reception's page: giving tickets, finding them, and customers' contact data."""
