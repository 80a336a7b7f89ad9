"""Who answers a telephone hears a name: an application is found by what people know of it."""
