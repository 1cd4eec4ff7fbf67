"""The ticket on paper: its picture, and the printers that take it."""
