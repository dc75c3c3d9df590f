"""The office's home: for each role, what it must know and the one next thing to do (SCREENS.md)."""

from approvals.desk.dashboard.home import fill

__all__ = ["fill"]
