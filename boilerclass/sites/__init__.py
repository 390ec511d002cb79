"""Site memory: what the pages of a dump have in common, as evidence about each of them."""
