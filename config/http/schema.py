"""The OpenAPI description: request and answer shapes of the bases, and the problem answers."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

READS = {"GET", "HEAD"}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEMS = {
    "400": "Malformed or invalid.",
    "401": "Not signed in.",
    "403": "Not allowed to you.",
    "404": "Absent, or not visible to you.",
    "405": "This address does not do that.",
    "406": "No such representation.",
    "409": "Wrong state, lost race, or same key with another body.",
    "413": "Too large.",
    "415": "Not a media type that is read here.",
    "429": "Too many requests.",
}


class EndpointSchema(AutoSchema):
    """Describe ``ActEndpoint``, ``ListEndpoint`` and ``ReadEndpoint`` without a decorator."""

    def get_request_serializer(self) -> Any:
        if self.method in READS:
            return None
        shape = getattr(self.view, "serializer_class", None)
        signed = getattr(self.view, "schema_body", None)
        return signed(shape) if signed else shape

    def get_response_serializers(self) -> Any:
        if self.method in READS:
            media_type = getattr(self.view, "read_media_type", None)
            if media_type is not None:
                free = media_type == "application/json"
                shape = OpenApiTypes.OBJECT if free else OpenApiTypes.BINARY
                return {(200, media_type): shape}
            return getattr(self.view, "read_serializer_class", None) or OpenApiTypes.OBJECT
        responses = getattr(self.view, "responses", {200: None})
        return {
            status: OpenApiTypes.OBJECT if shape is None and status != 204 else shape
            for status, shape in responses.items()
        }

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[OpenApiParameter]:
        if self.method not in READS:
            return [
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="The same key gives the same answer for 24 hours.",
                )
            ]
        return [
            OpenApiParameter(name, str, OpenApiParameter.QUERY)
            for name in getattr(self.view, "parameters", ())
        ]


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the problem document and the answers that every operation may give."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
        },
    }
    for operations in result.get("paths", {}).values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                for status, description in PROBLEMS.items():
                    operation["responses"].setdefault(
                        status,
                        {
                            "description": description,
                            "content": {"application/problem+json": {"schema": PROBLEM}},
                        },
                    )
    return result
