"""What a backend does by itself, with nobody asking: new business days, and forgetting what was kept long enough."""
