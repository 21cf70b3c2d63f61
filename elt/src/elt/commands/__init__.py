"""One module per command, imported only when the command is called.

Each has `run(options)`, which returns an exit code or raises an EltError; its arguments
are added by `elt.commands.parser`.
"""
