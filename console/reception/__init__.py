"""The reception's page: giving tickets, finding them, and what a customer says about themselves."""
