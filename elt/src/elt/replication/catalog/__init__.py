"""What either side holds: tables, columns, keys, types, and how they are named."""
