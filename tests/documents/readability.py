"""How hard words are to read: the school grade of Flesch and Kincaid, with syllables counted by their vowels."""

from __future__ import annotations

import re


def grade(text: str) -> float:
    """0.39 words a sentence + 11.8 syllables a word - 15.59: 6 is a reader of about 12 years.

    Source: Kincaid et al., Derivation of new readability formulas for Navy enlisted personnel, 1975.
    """
    sentences = [part for part in re.split(r"[.?!:]+(?:\s|$)", text) if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; one at least."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, groups - silent)
