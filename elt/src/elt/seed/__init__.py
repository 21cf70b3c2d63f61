"""`elt seed`: a cinema database to try things on, and an application that uses it.

The data are made, not stored: every row follows from the scale and its number, so
the same scale gives the same tables on every machine.
"""
