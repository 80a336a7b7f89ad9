"""The page in the browser: a study folder, or a register on a server, for who does not work in a terminal.

It has no rule of its own: every act goes through the rooms below, with their refusals and their events.

==========  ==============================================================================
workplace   what the page works on: the study folder, the register
sessions    who is signed in, for how long; how often a wrong token may be tried
guarding    what every request must satisfy, and the headers of every answer
work        long work: a verb that runs, with its progress
visit       one request: its person, its language, its register, what it answers
showing     pages made from templates
fieldwork   what is due, one application, what was done with it
coding      the second code, by keyboard, with arm and first code hidden
study       the steps of the study, each taken here, and what lies in its folder
preparing   a new study by questions, quotas with money and power, vacancies, plan
results     the analysis, what the gate decided, the report
oversight   progress, stop switch, people, audit trail
site        all of it put together, and served
==========  ==============================================================================
"""

from corrtest.web.site import Served, make_app, serve
from corrtest.web.workplace import Workplace

__all__ = ["Served", "Workplace", "make_app", "serve"]
