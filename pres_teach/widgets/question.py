"""One question, asked and answered in the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from .foundation import PresWidget, Request, script, style, words

KINDS = ("single", "multiple", "numeric", "reflection")


class QuestionWidget(PresWidget):
    """A question with native controls; nothing is preselected, and nothing that gives the answer away is in a trait.

    Parameters
    ----------
    question
        What may be seen before answering: `id`, `kind`, `ask` (safe HTML, one line), and where they apply `more`
        (safe HTML), `options` (safe HTML each), `units`, `confidence` (whether to ask for it), `eyebrow`, `label`.
    answer
        Takes the response (`chosen`, `number` and `unit`, or `text`, and perhaps `confidence` [%]) and returns what is
        shown for it: `verdict`, and `points`, `summary`, `explain`, `general`, `model_answer` (safe HTML), `feedback`
        (one of `index`, `html`, `right`, `chosen` an option). A ValueError is shown to the learner as it reads.
    response
        An answer given earlier, drawn again.
    mark
        What was shown for it.
    """

    _esm = script("question")
    _css = style("question")

    question = traitlets.Dict().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    mark = traitlets.Dict().tag(sync=True)
    notice = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        question: Mapping[str, Any],
        answer: Callable[[Mapping[str, Any]], Mapping[str, Any]],
        *,
        response: Mapping[str, Any] | None = None,
        mark: Mapping[str, Any] | None = None,
        **traits: Any,
    ) -> None:
        if question.get("kind") not in KINDS:
            raise ValueError(f'"kind": one of {", ".join(KINDS)}; found {question.get("kind")!r}; name one of them')
        super().__init__(question=dict(question), **traits)
        self._answer = answer
        self.show(response, mark)
        self.on("answer", self._answered)

    def show(self, response: Mapping[str, Any] | None, mark: Mapping[str, Any] | None) -> None:
        """Draw an answer and what was said about it; None for not answered yet."""
        self.draft = dict(response or {})
        self.mark = {**mark, "given": dict(response or {})} if mark else {}

    def _answered(self, request: Request) -> None:
        response = dict(request.get("response") or {})
        try:
            mark = dict(self._answer(response))
        except ValueError as refused:
            self.draft = response
            self.notice = {"text": str(refused), "n": int(request.get("n", 0))}
            return
        self.show(response, mark)

    def static_html(self) -> str:
        question = self.question
        parts = [f'<p class="pt-eyebrow">{question.get("eyebrow") or "Question"}</p>', f"<h3>{question['ask']}</h3>"]
        parts.append(str(question.get("more") or ""))
        if question.get("options"):
            parts.append("<ol>" + "".join(f"<li>{option}</li>" for option in question["options"]) + "</ol>")
        if self.mark:
            parts.append(f"<p><strong>{words(str(self.mark['verdict']).capitalize())}</strong></p>")
            parts += [str(self.mark.get(name) or "") for name in ("summary", "general", "model_answer", "explain")]
            shown = [f"<li>{feedback['html']}</li>" for feedback in self.mark.get("feedback", ())]
            parts.append("<ol>" + "".join(shown) + "</ol>" if shown else "")
        else:
            parts.append('<p class="pt-soft">Run this notebook to answer.</p>')
        return "".join(parts)

    def __repr__(self) -> str:
        name, count = self.question.get("id", ""), len(self.question.get("options") or ())
        return f"Question {name}: {count} options" if count else f"Question {name}: {self.question.get('kind')}"
