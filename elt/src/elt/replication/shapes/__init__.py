"""What of a stream leaves its source: columns left out, masks, conditions."""
