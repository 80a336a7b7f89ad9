"""A whole study folder as one file that a passphrase opens: made while others work, put back onto nothing."""
