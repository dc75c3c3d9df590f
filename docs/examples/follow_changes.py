"""Keep a copy of the lists: python follow_changes.py copy.json, as often as you like."""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path


def follow(since, rows):
    url = f"{os.environ['IMPRIMATUR_URL']}/api/v1/changes/?limit=200&since={since}"
    while url:
        headers = {"Authorization": f"Token {os.environ['IMPRIMATUR_TOKEN']}"}
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            page = json.load(answer)
        for change in page["results"]:
            rows.pop(f"{change['code']} v{change['number']}", None)
            if change["kind"] == "upsert":
                rows[f"{change['code']} v{change['number']}"] = change["row"]
        url = page["next"]
    return {"list_version": page["list_version"], "rows": rows}


file = Path(sys.argv[1])
copy = json.loads(file.read_text()) if file.exists() else {"list_version": 0, "rows": {}}
try:
    copy = follow(copy["list_version"], copy["rows"])
except urllib.error.HTTPError as refusal:
    if refusal.code != 409:  # 409 resync_needed: other lists are seen since then
        raise
    copy = follow(0, {})
file.with_suffix(".new").write_text(json.dumps(copy))
file.with_suffix(".new").replace(file)
