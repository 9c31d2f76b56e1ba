"""A daily market brief that makes and mails itself."""

__version__ = "0.1.0"
