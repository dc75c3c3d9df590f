"""How each language writes days, where the framework's own way is not the house's."""
