"""Reviewing over the API: tasks, verdicts, a version's way to review and back, comments."""
