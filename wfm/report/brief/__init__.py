"""A step, or a plan, in a few lines of plain text: what it comes to, its peak, its first weak points; five lines are the gist.

No drawn boxes and no characters that cp936 lacks, so that the lines can be pasted into any chat.
"""

from wfm.report.brief.contacts import forecast, generate, history
from wfm.report.brief.crew import people, schedule, staff
from wfm.report.brief.heading import title
from wfm.report.brief.results import economics, held, plan, simulate

__all__ = ["economics", "forecast", "generate", "held", "history", "people", "plan", "schedule", "simulate", "staff", "title"]
