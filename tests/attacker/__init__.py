"""Somebody who is told counts in protected form, asks thousands of questions, and takes one answer from another.

What he knows: the rules, and of every patient all that can be filtered by and the day of surgery; not the outcome. So
he knows which operations every answer counts. What he does: of each answer he works out between which bounds the exact
count lies; he carries these along every chain of sets of which one lies within the other, along sets that together make
a third, and puts together whatever was said of one set in different words; of what lies between two nested sets he then
knows that all of them failed, or none, or not. He is right in what he says: nothing is guessed.

What he does not do: reckon with what is likely. Each answer makes some outcomes a little more likely than others, which
no rounding prevents; and he draws nothing from which groups were left out.
"""
