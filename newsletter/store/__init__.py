"""What is kept: issue folders (:mod:`.issues`), a person's notes (:mod:`.notes`) and the subscriber database with its delivery ledger."""
