"""Pictures of graphs."""

import os


class Graph:
    """The graph of a function or a training program. A notebook shows it as a picture."""

    def __init__(self, draw, name):
        self._draw = draw
        self.name = name
        self._known = {}

    def render(self, format):
        """The picture as bytes: svg, png, pdf, dot, or txt (the graph as text)."""
        if format not in self._known:
            self._known[format] = self._draw(format)
        return self._known[format]

    @property
    def svg(self):
        return self.render("svg").decode()

    @property
    def dot(self):
        return self.render("dot").decode()

    @property
    def text(self):
        """As 'ordo opt' prints it."""
        return self.render("txt").decode()

    def save(self, path):
        """Writes it in the format that the name ends in."""
        picture = self.render(os.path.splitext(os.fspath(path))[1].lstrip(".") or "svg")
        with open(path, "wb") as file:
            file.write(picture)

    def _repr_svg_(self):
        return self.svg

    def __repr__(self):
        return f"<ordo.Graph of {self.name or 'the only program or function'}>"
