"""Stories -> words, and the check of the words. Pure: values in, values out.

    write(choice, findings, day, config=, edition=, number=)   the brief, numbers only from facts
    check(html, text, brief, findings, day)                    the claims of what was rendered, each bound to a fact or not
    repair(brief, report)                                      refused sentences in their plain form, then dropped

One family of arcs a file in ``arcs/``; docs/writing.md explains the moves and the check.
"""

from newsletter.editorial.check import CheckReport, Claim, check
from newsletter.editorial.compose import write
from newsletter.editorial.repair import repair

__all__ = ["CheckReport", "Claim", "check", "repair", "write"]
