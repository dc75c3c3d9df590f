"""Who one is, whom one stands in for, and the teams, over the API."""
