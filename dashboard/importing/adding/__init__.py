"""Records that are added to those of the store: only what they concern is made anew, and all else is carried on."""
