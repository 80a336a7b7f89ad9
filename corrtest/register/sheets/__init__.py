"""Tables and Excel forms that people fill in: written, read back, checked cell by cell."""
