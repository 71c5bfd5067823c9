"""Where queries run: an engine has two members, `generation` and `frame(query, parameters)`."""
