"""Signed editions of the lists, and what a person keeps of the lists for themselves."""

from content.positive_list.models.editions import FOLLOWERS, Edition, Recipient, Snapshot
from content.positive_list.models.kept import Favourite, FieldVisit

__all__ = ["FOLLOWERS", "Edition", "Favourite", "FieldVisit", "Recipient", "Snapshot"]
