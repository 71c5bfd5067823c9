"""What leaves the app as a file: a table or a picture with what it is, for those who may see it, and on record."""
