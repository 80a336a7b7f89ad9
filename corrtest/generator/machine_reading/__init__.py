"""Documents as machines read them: text by independent readers, fields as a recruiter's software takes them from it.

readers     file → text, each by another program
extraction  text → fields: name, mail, telephone, jobs and diplomas with their dates
reading     the fields of a study's CVs against what they state, by layout, reader and arm
"""

from corrtest.generator.machine_reading.readers import readers_of
from corrtest.generator.machine_reading.reading import MachineReading, Reading, found_fields, readings_of

__all__ = ["MachineReading", "Reading", "found_fields", "readers_of", "readings_of"]
