"""The inspection pack: what an outsider needs to verify the trail offline, in one ZIP.

``concerning`` says which events are about an asset, ``writing`` writes the ZIP, ``verify`` travels
in it and stands alone: it imports nothing of ours.
"""

from approvals.desk.pack.writing import PackFault, Written, write_pack

__all__ = ["PackFault", "Written", "write_pack"]
