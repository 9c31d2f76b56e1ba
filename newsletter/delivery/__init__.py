"""From a message to a mailbox: composing, the loop that sends by the ledger, replies, and the transports."""
