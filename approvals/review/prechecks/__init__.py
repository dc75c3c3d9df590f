"""What a machine can say of a revision's files before people read them (DOMAIN.md §6).

``subject`` is what the files are judged against, ``reading`` what they say, ``rules`` the checks,
``sentences`` their words. Nothing here writes: the actions keep what is found.
"""
