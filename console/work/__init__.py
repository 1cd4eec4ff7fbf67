"""The specialist's page: the customer at the point, who waits, and the keys."""
