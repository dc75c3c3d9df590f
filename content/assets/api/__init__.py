"""Assets, versions, revisions, files and dependencies over the API."""
