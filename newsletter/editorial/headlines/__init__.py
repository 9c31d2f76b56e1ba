"""Headlines, one family of findings a file: each yields wordings, best first, and the first that fits is taken."""
