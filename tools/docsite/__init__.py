"""The documentation as a site: what is gathered, and what is generated for it."""
