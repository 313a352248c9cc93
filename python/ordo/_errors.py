"""What the compiler says, as exceptions and warnings."""

import re

_PLACE = re.compile(r"^(?P<file>[^\n]+?):(?P<line>\d+):(?P<column>\d+): (?:error|warning)", re.MULTILINE)
_CODE = re.compile(r"\b(?:error|warning)\[(?P<code>[EW]\d+)\]")


class _Message:
    """A text of the compiler, and where it points to."""

    def _find(self, pattern, group):
        found = pattern.search(str(self))
        return found[group] if found else None

    @property
    def code(self):
        """'E0204': 'ordo explain' knows more; None where there is none."""
        return self._find(_CODE, "code")

    @property
    def file(self):
        return self._find(_PLACE, "file")

    @property
    def line(self):
        line = self._find(_PLACE, "line")
        return line and int(line)

    @property
    def column(self):
        column = self._find(_PLACE, "column")
        return column and int(column)


class Error(_Message, Exception):
    """A mistake in a model, a file or an argument. Its text is all that the compiler says: place, line, what was expected."""


class OrdoWarning(_Message, UserWarning):
    """What the compiler warns of."""
