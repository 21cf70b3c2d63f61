"""The connections of a run, the snapshot they read, and who watches over them."""
