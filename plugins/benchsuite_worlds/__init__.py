"""Text whose truth can be checked, for every kind of component to share.

Nothing is registered here. Grammars draw rows and judge texts (`grammar`); `invented` is the
world that corpora plant, `statements` finds what texts say of it; `kneser_ney` is the model of
text that needs no training by gradients.
"""
