"""`elt demo`: the whole pipeline on one machine, from nothing to `film_ratings`.

Two real servers, a seeded source, a check, a verified copy, dbt, a look at the result.
What was made is found again: a second run copies and builds only what changed.
"""
