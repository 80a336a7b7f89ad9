"""corrtest: correspondence tests of hiring discrimination, from the study file to the sector report.

Rooms, each importing only from those above it:

==============  ==================================================================
spec            the study as the researcher writes it, and reference facts
pages           documents as content, the words of a language, HTML, PDF, DOCX and XLSX
design          rates, prices, allocation of pairs to vacancies under caps, the frozen plan
generator       personas, documents, the equivalence audit
register        the fieldwork: sent, reactions, withdrawals, the pairs table
mail            applications out by mail, answers in
questionnaires  forms for survey tools, and what their answers say
analysis        counts, intervals, tests
disclosure      the gate that turns estimates into releases
power           what a study can show of what it publishes, and what that costs
report          the uniform sector report
lab             synthetic labour markets, and what users simulate on them
web             the page in the browser
cli             the command `corrtest`
==============  ==================================================================
"""

from importlib.metadata import version

__version__ = version("corrtest")
