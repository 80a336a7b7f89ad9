"""Mail as the register knows it: letters that were handed to a mail server, and what came in."""
