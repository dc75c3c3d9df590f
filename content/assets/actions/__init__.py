"""The only writers of assets, versions and what is remembered of them."""
