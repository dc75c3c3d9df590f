"""Write what must leave, with the change; dispatch it after it."""

from content.outbox.actions.messages import (
    LEASE,
    Dispatched,
    Undeliverable,
    choose_mails,
    consider_told,
    dispatch,
    dispatch_webhooks,
    mark_all_read,
    mark_read,
    queue_job,
    tell,
    wake,
    with_site,
    write_digest,
)
from content.outbox.actions.webhooks import (
    announce,
    change_webhook,
    register_webhook,
    resend_webhook,
    rotate_webhook_secret,
    try_webhook,
)

__all__ = [
    "LEASE",
    "Dispatched",
    "Undeliverable",
    "announce",
    "change_webhook",
    "choose_mails",
    "consider_told",
    "dispatch",
    "dispatch_webhooks",
    "mark_all_read",
    "mark_read",
    "queue_job",
    "register_webhook",
    "resend_webhook",
    "rotate_webhook_secret",
    "tell",
    "try_webhook",
    "wake",
    "with_site",
    "write_digest",
]
