"""Who one is here: roles and teams."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.http.api import ReadEndpoint
from content.access.models import Team


class TeamShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class MeShape(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    accountability_accepted = serializers.BooleanField()
    teams = TeamShape(many=True)


class Me(ReadEndpoint):
    """The person behind the token or the session."""

    read_serializer_class = MeShape

    def get(self, request: Request) -> Response:
        person = request.user
        teams = Team.objects.filter(memberships__user=person)
        return Response(
            {
                "username": person.username,
                "name": str(person),
                "roles": sorted(person.role_names),
                "language": person.language,
                "accountability_accepted": person.accountability_accepted_at is not None,
                "teams": TeamShape(teams, many=True).data,
            }
        )
