"""Windows, plans, batches and dossiers over the API: shapes here, rules in the actions."""
