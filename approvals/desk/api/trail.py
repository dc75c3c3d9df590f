"""The audit trail, for those whose work is to look at it."""

from typing import Any

from approvals.desk.api.shapes import EventShape
from approvals.desk.policies import check_can_read_trail
from approvals.desk.trail import FILTERS, events_asked, tell
from config.http.api import ListEndpoint


class Trail(ListEndpoint):
    """Events, the last one first; ``object`` is a code, ``code/number`` or ``app.model:id``."""

    read_serializer_class = EventShape
    parameters = FILTERS
    ordering = "-seq"

    def get_queryset(self) -> Any:
        check_can_read_trail(self.request.user)
        return events_asked(self.request.query_params)

    def paginate_queryset(self, queryset: Any) -> Any:
        return tell(super().paginate_queryset(queryset) or ())
