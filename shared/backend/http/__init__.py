"""The backend over HTTP: commands, questions, the feed of events, the customer's pages, and the server itself."""
