"""What was read becomes rows of the canonical tables: typed, held against the rules, and accepted or left out."""
