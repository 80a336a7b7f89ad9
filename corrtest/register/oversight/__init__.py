"""What may be looked at: the pairs table for analysis, progress, the audit trail."""
