"""The append-only, hash-chained events: what each says of an application, how it is written, how it is proved whole."""
