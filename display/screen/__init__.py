"""What the hall display shows, and how its screen is divided."""
