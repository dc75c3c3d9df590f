"""How fast it is: figures taken in a database that is thrown away. See ``manage.py bench``."""

from approvals.desk.bench.measures import Figure, measure

__all__ = ["Figure", "measure"]
