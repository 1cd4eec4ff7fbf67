"""The live preview of a display, for the console."""
