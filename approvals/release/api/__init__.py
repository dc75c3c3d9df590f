"""Release over the API."""
