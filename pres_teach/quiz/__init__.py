"""Questions and their marking: pure, without a view, without a clock."""

from __future__ import annotations

from pres_teach.quiz.marking import Feedback, Mark, ResponseError, Verdict, mark
from pres_teach.quiz.problems import Checked, Problem
from pres_teach.quiz.questions import Answer, Misconception, Option, Question, Response
from pres_teach.quiz.reading_test import Rate, Read, ReadingScore, score

__all__ = [
    "Answer",
    "Checked",
    "Feedback",
    "Mark",
    "Misconception",
    "Option",
    "Problem",
    "Question",
    "Rate",
    "Read",
    "ReadingScore",
    "Response",
    "ResponseError",
    "Verdict",
    "mark",
    "score",
]
