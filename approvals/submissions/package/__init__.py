"""The package of a frozen batch: one ZIP, the same bytes whenever it is made (ADR 0032).

``contents`` tells in the freeze what goes into it, ``sheets`` prints a cover and a sheet a dossier,
``archive`` writes the manifest, and the ZIP from the manifest and the stored bytes alone.
"""
