"""Which tables are streams, where they land, and what the destination has of them."""
