"""What the outbox gives over the API."""
