"""One module per command, imported only when the command is called.

Each has `SUMMARY`, `add_arguments(parser)` and `run(options)`, which returns an exit
code or raises an EltError.
"""
