"""What is said to customers, and how it sounds: free of Qt, for display and kiosk."""
