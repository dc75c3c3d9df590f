"""Bodies within bounds: too large is 413, and no text that a database cannot hold."""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser


class BodyTooLarge(APIException):
    """The body is over the limit; nothing of it was read."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class BoundedJSONParser(JSONParser):
    """JSON up to ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        declared = (parser_context or {}).get("request").META.get("CONTENT_LENGTH") or 0
        if int(declared) > limit:
            raise BodyTooLarge(
                _("The body is larger than %(limit)d bytes: send less.") % {"limit": limit}
            )
        try:
            data = super().parse(stream, media_type, parser_context)
            text = json.dumps(data, ensure_ascii=False)
            text.encode()
        except ParseError as error:
            raise ParseError(_not_json(error.__context__)) from error
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except UnicodeEncodeError as error:
            raise ParseError(_("The JSON holds half a character (a lone surrogate).")) from error
        if "\\u0000" in text:
            raise ParseError(_("The JSON holds a NUL character: take it out."))
        return data


def _not_json(found: object) -> str:
    if isinstance(found, json.JSONDecodeError):
        return _("The body is not JSON: look at line %(line)d, column %(column)d.") % {
            "line": found.lineno,
            "column": found.colno,
        }
    return _("The body is not JSON in UTF-8.")


# Where files come: a form without any is read too, so that the sentence says that one is owed.
UPLOADS = (BoundedJSONParser, MultiPartParser, FormParser)
