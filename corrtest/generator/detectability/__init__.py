"""The documents of a study read beside each other, as a recruiter, a colleague of another firm or a program would.

============  ===========================================================================
seen          one application: its texts without signal and identity, its build, what it names
shared_runs   runs of words that two documents share
readers       how many documents someone must read before two can be linked
arms          can anything but the signal tell the arms apart?
likeness      are the two of a pair as alike as any two applicants?
plausibility  dates, numbers and contact data that go together
files         what a file says of itself
============  ===========================================================================
"""
