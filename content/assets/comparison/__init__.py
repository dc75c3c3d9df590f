"""What differs between two revisions: files, pages, regions of a page, words."""

from content.assets.comparison.revisions import (
    FileDifference,
    compare,
    earlier_than,
    fields_that_differ,
)

__all__ = ["FileDifference", "compare", "earlier_than", "fields_that_differ"]
