"""One kind of picture each: a frame goes in, a figure and its description in words come out."""
