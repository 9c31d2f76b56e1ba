"""Who asked for the newsletter: addresses, consent, leaving, and lists in and out."""
