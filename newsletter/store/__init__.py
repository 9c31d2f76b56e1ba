"""What is kept: issue folders (:mod:`.issues`) and the subscriber database with its delivery ledger."""
