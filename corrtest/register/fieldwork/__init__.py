"""What happens to applications: work list, claims, sendings, reactions, withdrawals, and the rules for each."""
