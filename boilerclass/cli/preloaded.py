"""What processes begin with: to import this loads the model and its tables once for all."""

from contextlib import suppress

from boilerclass import lexicons, pipeline
from boilerclass.errors import BoilerclassError
from boilerclass.features import text

with suppress(BoilerclassError):  # each process says so when it is given work
    pipeline.classifier()
lexicons.load()
text.tables()
