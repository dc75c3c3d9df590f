"""HTTP plumbing without domain: problems, cursors, idempotency, headers."""
