"""Stories -> words, and the check of the words. Pure: values in, values out.

    read_note(text, name), overrule(choice, findings, note)    a person's words, and the choice with their lead
    write(choice, findings, day, config=, edition=, number=)   the brief, numbers only from facts
    check(html, text, brief, findings, day)                    the claims of what was rendered, each bound to a fact or not
    repair(brief, report)                                      refused sentences in their plain form, then dropped

One family of arcs a file in ``arcs/``; docs/writing.md explains the moves and the check.
"""

from newsletter.editorial.changes import Previous
from newsletter.editorial.check import CheckReport, Claim, check
from newsletter.editorial.compose import write
from newsletter.editorial.notes import Note, overrule
from newsletter.editorial.notes import read as read_note
from newsletter.editorial.repair import repair

__all__ = [
    "CheckReport",
    "Claim",
    "Note",
    "Previous",
    "check",
    "overrule",
    "read_note",
    "repair",
    "write",
]
