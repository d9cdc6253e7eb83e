"""A shelf of pictures to choose from, and widgets that stand below each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import traitlets

from .foundation import PresWidget, page, script, style, words

__all__ = ["Shelf", "Stack"]


class Shelf(PresWidget):
    """A list of pictures to choose from, and what is said of the one that is chosen.

    Parameters
    ----------
    title
        What the list is.
    names
        The choices: key and words.
    chosen
        Called with a key; returns what is said (safe HTML).
    """

    _esm = script("shelf")
    _css = style("shelf")

    title = traitlets.Unicode("").tag(sync=True)
    names: Any = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, title: str, names: Sequence[tuple[str, str]], chosen: Callable[[str], str]) -> None:
        super().__init__(title=title, names=[list(one) for one in names])
        self._chosen = chosen
        self.on("choose", lambda request: self.choose(str(request.get("name", ""))))
        self.choose(names[0][0])

    def choose(self, name: str) -> None:
        """Show one of them."""
        if name in {key for key, _ in self.names}:
            self.said = self._chosen(name)
            self.chosen = name

    def static_html(self) -> str:
        listed = "".join(f"<li>{words(shown)}</li>" for _, shown in self.names)
        return f"<h3>{words(self.title)}</h3><ul>{listed}</ul>{self.said}"

    def __repr__(self) -> str:
        return f"{self.title}: {len(self.names)} to choose from"


class Stack(ipywidgets.VBox):
    """Widgets below each other, with a static twin made of theirs."""

    def __init__(self, name: str, children: Sequence[PresWidget]) -> None:
        self._name = name
        super().__init__(children)

    def static_html(self) -> str:
        return "".join(child.static_html() for child in self.children)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": repr(self), "text/html": page(self.static_html())}, dict(metadata)

    def __repr__(self) -> str:
        return self._name
