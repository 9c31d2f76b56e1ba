"""The ways out, one a file: SMTP, a folder of files, and memory."""
