"""Conclusions: claims made from the same frames as the pictures, and the sentences made from the claims."""
