"""`make rehearse`: a whole deployment on this machine, from the build to the last trace of the deleted stack.

The real `sam` deploys the real template into MiniStack, which enforces IAM; the end-to-end suite is the judge.
docs/decisions/0012-rehearsal.md says what this proves and what only AWS can.
"""
