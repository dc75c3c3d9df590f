"""Pages of notifications, mails and webhooks."""
