"""Pages of windows, plans, batches and dossiers: each act's page calls one action."""
