"""Who is approached: one firm under two numbers, what each has had, blocks, and the end of identities."""
