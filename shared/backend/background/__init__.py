"""Background work of a backend: new business days, public holidays, and erasing what has been kept long enough."""
