"""Generator: from a frozen plan to applications that differ in one signal and nothing else.

==============  ==========================================================================
pools           profiles, sentences, schools, employers (data in ``pools/``; occupations and criteria: ``spec``)
wording         lines with choices, and the draws that settle them
signals, names  what a level means for the treated persona
careers         birth, schooling and jobs on one calendar
workplaces      where someone worked and went to school
cv_sheets       what a CV has besides the qualifications; cv_parts: put together
own_pools       a study's own pools, checked; recognition: how wide a pool must be
contacts        telephone numbers, mailboxes and addresses of the study's own
twins           a CV's facts in two wordings of equal strength
letters         letters, e-mails and profiles; letter_grammar, grammar: what they are made of; outlines: in which order
disclosures     what tells a signal in words, and what the control arm says in its place
pairs           one row of the plan; personas: the two fictitious people of a pair
factors         what is counterbalanced over a plan: twin, gender, and blocks of two pairs that mirror each other
template_sets   layouts (``cv_templates/``), in a sandbox; typesetting: PDF
documents       CV, letter and e-mail of one persona
telephone_scripts  what is said for an application by telephone
portal_answers  what application forms ask, answered alike by both; answer_sheets: as files; answer_audit
equivalence     the audit of a pair, which gates its documents; masking: texts without signal and identity;
                sentences: what an application says, and how easily it reads
length_balance  whether one arm writes more than the other over a study
workshop        draws, audits and writes employer by employer; journal: what is finished
rendering       a whole plan, in parallel, resumable
refusals        what `check` refuses because no document could be made of it
study_audit     all documents together: arms, lengths, likeness, links, oddities, spelling (detectability); audit_page
contact_sheet   some pairs side by side, signals highlighted
machine_reading text and fields as other programs read them from the files, alike in both arms
resume          JSON Resume; word_documents: DOCX; pdf_metadata, word_metadata: what a file says of itself
==============  ==========================================================================
"""

from corrtest.generator.audit_page import audit_page
from corrtest.generator.client_calls import ClientCallSheets, client_script, render_client_calls
from corrtest.generator.contact_sheet import preview_plan, write_contact_sheet
from corrtest.generator.contacts import ContactPool, read_contact_pool
from corrtest.generator.documents import FORMATS
from corrtest.generator.equivalence import PairAudit, audit_pair
from corrtest.generator.factors import document_seed, plan_pairs
from corrtest.generator.names import pool_names
from corrtest.generator.own_pools import read_own_pools
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import Persona, draw_pair, draw_persona
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.recognition import recognition
from corrtest.generator.refusals import document_refusals
from corrtest.generator.rendering import RenderResult, render_pairs, render_plan
from corrtest.generator.signals import signal_levels, signal_words
from corrtest.generator.study_audit import AUDIT_TABLE, StudyAudit, audit_plan, audit_study, read_length_balance

__all__ = [
    "AUDIT_TABLE",
    "FORMATS",
    "SHIPPED_POOLS",
    "ClientCallSheets",
    "ContactPool",
    "Pair",
    "PairAudit",
    "Persona",
    "Pools",
    "RenderResult",
    "StudyAudit",
    "audit_page",
    "audit_pair",
    "audit_plan",
    "audit_study",
    "client_script",
    "document_refusals",
    "document_seed",
    "draw_pair",
    "draw_persona",
    "plan_pairs",
    "pool_names",
    "preview_plan",
    "read_contact_pool",
    "read_length_balance",
    "read_own_pools",
    "recognition",
    "render_client_calls",
    "render_pairs",
    "render_plan",
    "signal_levels",
    "signal_words",
    "write_contact_sheet",
]
