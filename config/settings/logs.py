"""Where the application's log goes: standard error, lines of JSON in production.

Values become JSON strings, so that nothing a visitor types can forge a line.
"""

from typing import Any

import structlog

PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(*, readable: bool) -> dict[str, Any]:
    """Return Django's ``LOGGING``; ``readable``: for a person at a terminal."""
    structlog.configure(
        processors=[*PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    rendering: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    if not readable:
        rendering.insert(0, structlog.processors.format_exc_info)
    quiet = "WARNING" if readable else "INFO"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": PROCESSORS,
                "processors": rendering,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"level": quiet, "handlers": [], "propagate": True},
            "celery": {"level": quiet},
            "kombu": {"level": "ERROR" if readable else "WARNING"},
            "approvals": {"level": "INFO"},
            "content": {"level": "INFO"},
            "config": {"level": "INFO"},
            # Said once by the page of lockouts; the trail has the attempt.
            "axes": {"level": "ERROR"},
        },
    }
