"""Who works with the register: roles and tokens, what the coordinator decides, the second coding."""
