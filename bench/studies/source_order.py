"""Letters as they stand, or from the last to the first: "Order Matters", section 4.1."""
from study import claims, table

SPEC = "g2p_order.ordo"
CELLS = {"forwards": {"REVERSED": "false"}, "backwards": {"REVERSED": "true"}}
SEEDS = (1, 2, 3)
PLOT = {"metric": "loss", "names": {"forwards": "letters as they stand", "backwards": "letters reversed"}}


def page(r):
    rows = [(PLOT["names"][c], r.text(c, "loss"), r.text(c, "words", digits=1, scale=100), len(r.seeds(c))) for c in CELLS]
    a, b = r.mean("forwards", "loss"), r.mean("backwards", "loss")
    return f"""# The order of the letters that an encoder reads

"Order Matters" (Vinyals, Bengio and Kudlur, ICLR 2016), section 4.1, quotes Sutskever, Vinyals and Le 2014: reversing the source
sentence of a translation gave 5 BLEU more, where a decoder gets nothing but the last state of the encoder. Here such a pair of
LSTMs spells English: letters to phones, on the CMU dictionary, on the 2 % of the words that are kept for validation. The loss is
in nats a phone; a word is right when each of its phones is the most likely one after the true ones before it.

{table(["order", "loss", "words right, %", "seeds"], rows)}

{claims([("the reversed source is easier to learn from", b < a if a == a and b == b else None)])}
"""
