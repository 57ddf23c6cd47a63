"""The noise audit: what the seeds' scatter is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpstudy.evidence.audits.noise import audit
from mlpstudy.figures import noise_bars
from mlpstudy.page import page_spec
from mlpstudy.page.blocks import Chart, Section, Sentences, Text
from mlpstudy.study import LEAST_JUDGED
from mlpstudy.text.words import sentence

if TYPE_CHECKING:
    from mlpstudy.page.blocks import Block
    from mlpstudy.report.gathered import Gathered


def section(of: Gathered) -> Section | None:
    """Return the section, None where no run has finished, or there is one test example."""
    if not of.finished or of.sample.n_examples < LEAST_JUDGED:
        return None
    if of.judgement is not None:
        audits = {one.architecture: (one.audit, one.trouble) for one in of.judgement.noise}
    else:
        audits = {
            own.name: (audit(own.predicted == of.sample.labels) if own.n else None, "")
            for own in of.sample.architectures
        }
    rows = [
        noise_bars.Noise(name, 100 * one.sd, 100 * one.sd_finite_test, one.n_seeds)
        for name, (one, _) in audits.items()
        if one is not None and one.sd is not None and one.sd_finite_test is not None
    ]
    blocks: list[Block] = [
        Text(
            "Retrainings of exactly the same quality would still scatter on a finite test set. What exceeds that is a "
            "difference in true quality from seed to seed; only that share of a lucky seed's lead carries over to new "
            "data."
        )
    ]
    if rows:
        alt = f"SD of accuracy over seeds of {len(rows)} architectures, beside what finite test data alone would give."
        blocks.append(Chart("noise", page_spec(noise_bars.figure(rows)), alt, fluid=True, room=24))
    sentences = [
        (f"{name}:", f"{'no finished run.' if one is None else one.sentence} {sentence(trouble)}".rstrip())
        for name, (one, trouble) in audits.items()
    ]
    blocks.append(Sentences(tuple(sentences)))
    return Section("noise", "How much is noise", tuple(blocks))
