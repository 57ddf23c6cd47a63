"""The comparisons that a study declares: each once, and no more than can be judged together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mlpstudy.errors import StudyError, must
from mlpstudy.study.judging import LEAST_JUDGED, MAX_COMPARISONS

if TYPE_CHECKING:
    from mlpstudy.study.study import Study


def check_comparisons(study: Study) -> None:
    """Refuse a study that could be trained but never judged.

    Only where a study is new: what a folder holds is trained already, and its means can be shown.

    Raises:
        StudyError: one line, with what to declare instead.
    """
    if too_many := too_many_comparisons(study):
        raise StudyError(must("[judging]", f"declare at most {MAX_COMPARISONS} comparisons", too_many, _fewer(study)))
    seen: set[frozenset[str]] = set()
    for i, pair in enumerate(study.judging.pairs):
        if frozenset(pair) in seen:
            raise StudyError(must(f"judging.pairs[{i}]", "be there once", f"{pair} again", "leave it out"))
        seen.add(frozenset(pair))


def too_many_comparisons(study: Study) -> str:
    """Return how many comparisons a study declares where they are too many to be judged, else nothing."""
    n = study.judging.n_comparisons(len(study.architectures))
    kinds = {"all-pairs": "all pairs", "against": "all against one", "pairs": "pairs"}
    what = kinds[study.judging.family]
    return f"{n} ({what} of {len(study.architectures)} architectures)" if n > MAX_COMPARISONS else ""


def why_unjudged(study: Study, n_test_examples: int) -> str:
    """Return why there is no verdict on any pair of a study's architectures, else nothing."""
    if too_many := too_many_comparisons(study):
        return f"{too_many} cannot be judged together"
    if len(study.architectures) > 1 and n_test_examples < LEAST_JUDGED:
        return "one test example cannot show a difference"
    return ""


def _fewer(study: Study) -> str:
    """Say what to declare instead."""
    names = [json.dumps(architecture.name, ensure_ascii=False) for architecture in study.architectures]
    if study.judging.family == "all-pairs" and len(names) - 1 <= MAX_COMPARISONS:
        return f'family = "against" and baseline = {names[0]}'
    if study.judging.family != "pairs":
        return f'family = "pairs" and pairs = [[{names[0]}, {names[1]}]], of the pairs that matter'
    return f"only {MAX_COMPARISONS} of the pairs"
