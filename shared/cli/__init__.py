"""The ``nowserving`` command: halls, people and devices, and what it says of people's doings."""
