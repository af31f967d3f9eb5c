"""What the repository uses to make things, and a release does not carry."""
