"""The database under the register: tables, triggers, revisions, keys, backups."""
