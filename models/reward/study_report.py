"""The page of the study: tables and pictures from the numbers that study_data.py collected. Nothing here is written by hand: each
sentence about a result is chosen by the numbers."""
import os
import random

from study_data import MEASURES, Study, mean

COLOURS = {"scalar": "#c0392b", "seq2seq": "#2471a3", "oracle": "#7d7d7d", "no identity": "#8e44ad", "positive": "#27ae60",
           "negative": "#d68910"}
MAIN = ["scalar", "seq2seq", "oracle"]
EVEN = 1e-6     # utilities that differ by less are a tie
CLEAR = 0.03    # a difference of mean utilities that is called one
LEVELS = [0.25, 0.5, 1, 2, 4]  # of KL, nats a response
SYMPTOM = {"gate": (0, "over-refusal", 0.1), "summ": (3, "length", 0.3)}  # measure, name, a rise that counts


def compare(a, b):
    """Wins, ties and losses of a against b over the seeds both have, win + tie/2 with a 95 % interval (bootstrap over seeds and
    prompts) and for each seed."""
    seeds = sorted(set(a) & set(b))
    diffs = {s: [x - y for x, y in zip(a[s], b[s])] for s in seeds}
    flat = [d for s in seeds for d in diffs[s]]
    if not flat:
        return None
    rng = random.Random(1)
    points = {s: [1.0 if d > EVEN else 0.0 if d < -EVEN else 0.5 for d in diffs[s]] for s in seeds}
    means = sorted(mean(mean(rng.choices(points[s], k=len(points[s]))) for s in [rng.choice(seeds) for _ in seeds]) for _ in range(400))
    n = len(flat)
    return {"win": sum(d > EVEN for d in flat) / n, "tie": sum(abs(d) <= EVEN for d in flat) / n, "loss": sum(d < -EVEN for d in flat) / n,
            "share": mean(mean(points[s]) for s in seeds), "low": means[10], "high": means[389],
            "each": [mean(points[s]) for s in seeds]}


def number(x, digits=3):
    return "" if x != x else f"{x:.{digits}f}"


def percent(x):
    return "" if x != x else f"{100 * x:.0f} %"


def shown(task, i, value):
    return percent(value) if task == "gate" and i < 3 else number(value, 2)


def title(name):
    return {"sft": "SFT (the start)", "chosen": "SFT on chosen", "dpo": "DPO"}.get(name, "PPO, " + name)


def arms(args):
    """All arms that are judged: name and coefficient."""
    yield "sft", None
    yield "chosen", None
    for beta in args.beta:
        yield "dpo", beta
    for name in args.ppo:
        for kl in args.kl:
            yield name, kl


# ---- tables: rows of cells, the first one is the head ----

def markdown(rows):
    return ["| " + " | ".join(r) + " |" for r in rows[:1]] + ["|" + "---|" * len(rows[0])] + ["| " + " | ".join(r) + " |" for r in rows[1:]]


def arms_table(study, task):
    names = [m for m, _ in MEASURES[task]]
    rows = [["arm", "coefficient", "utility", "by seed", "most likely response", "KL to SFT"] + names]
    for name, kl in arms(study.args):
        each = study.values(task, name, kl, "judged_utility")
        if each:
            rows.append([title(name), "" if kl is None else str(kl), number(mean(each)), ", ".join(number(e, 2) for e in each),
                         number(mean(study.values(task, name, kl, "judged_greedy_utility"))),
                         number(0.0 if name == "sft" else mean(study.values(task, name, kl, "eval_kl")), 2)] +
                        [shown(task, i, study.measure(task, name, kl, i)) for i in range(len(names))])
    return rows


def best(study, task, name):
    return study.best(task, name, study.args.beta if name == "dpo" else study.args.kl)


def duels(study, task):
    """Pairs of (arm, coefficient, remark)."""
    for kl in study.args.kl:
        yield ("seq2seq", kl, ""), ("scalar", kl, "")
    top = {n: best(study, task, n) for n in ("seq2seq", "scalar", "dpo")}
    if not all(v is not None for v in top.values()):
        return
    seq, scalar, dpo = (("seq2seq", top["seq2seq"], ", its best"), ("scalar", top["scalar"], ", its best"), ("dpo", top["dpo"], ", its best"))
    yield seq, scalar
    for mine in (seq, scalar):
        for other in (("sft", None, ""), ("chosen", None, ""), dpo):
            yield mine, other


def duels_table(study, task):
    rows = [["", "against", "wins", "ties", "losses", "win + tie/2", "by seed", "95 % interval"]]
    label = lambda a: title(a[0]) + ("" if a[1] is None else f" ({a[1]}{a[2]})")  # noqa: E731
    for a, b in duels(study, task):
        d = compare(study.utilities(task, a[0], a[1]), study.utilities(task, b[0], b[1]))
        if d:
            rows.append([label(a), label(b), percent(d["win"]), percent(d["tie"]), percent(d["loss"]), number(d["share"], 2),
                         ", ".join(number(e, 2) for e in d["each"]), f"{number(d['low'], 2)} to {number(d['high'], 2)}"])
    return rows


def at_level(curve, level):
    """The utility where a curve first reaches a KL; not a number when it does not."""
    for (k0, u0), (k1, u1) in zip(curve, curve[1:]):
        if k0 < level <= k1:
            return u0 + (u1 - u0) * (level - k0) / (k1 - k0)
    return float("nan")


def levels_table(study, task):
    rows = [["PPO, coefficient"] + [f"KL {level}" for level in LEVELS] + ["highest", "at the end"]]
    for name in study.args.ppo:
        for kl in study.args.kl:
            curve = study.curve(task, name, kl)
            if curve:
                rows.append([f"{name}, {kl}"] + [number(at_level(curve, level), 2) for level in LEVELS] +
                            [number(max(u for _, u in curve), 2), number(curve[-1][1], 2)])
    return rows


def models_table(study, task):
    rows = [["reward model", "accuracy on held-out pairs", "by the sum", "chosen reproduced", "rejected copied"]]
    for label, name in (("scalar", "scalar"), ("seq2seq, both mappings", "seq2seq"), ("seq2seq, correction only", "correction")):
        runs = study.all(task, name)
        if runs:
            rows.append([label] + [percent(mean(r["eval_" + n] for r in runs)) for n in ("accuracy", "accuracy_sum", "full_chosen", "copied_rejected")])
    return rows


# ---- pictures ----

def picture(study, task, names, path):
    lines = [(name, kl, curve) for name in names for kl in study.args.kl if (curve := study.curve(task, name, kl))]
    if not lines:
        return False
    xs = [p[0] for line in lines for p in line[2]]
    ys = [p[1] for line in lines for p in line[2]]
    x1, y0, y1 = max(xs) * 1.02 + 1e-9, min(ys) - 0.03, max(ys) + 0.03
    w, h, left, top = 640, 380, 56, 16
    px = lambda x: left + max(x, 0) / x1 * w  # noqa: E731
    py = lambda y: top + (y1 - y) / (y1 - y0) * h  # noqa: E731
    s = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + w + 150} {top + h + 50}" font-family="sans-serif" font-size="12">',
         '<rect width="100%" height="100%" fill="#fff"/>']
    for i in range(6):
        x, y = x1 * i / 5, y0 + (y1 - y0) * i / 5
        s.append(f'<line x1="{px(x):.1f}" y1="{top}" x2="{px(x):.1f}" y2="{top + h}" stroke="#eee"/>'
                 f'<text x="{px(x):.1f}" y="{top + h + 16}" text-anchor="middle">{x:.1f}</text>'
                 f'<line x1="{left}" y1="{py(y):.1f}" x2="{left + w}" y2="{py(y):.1f}" stroke="#eee"/>'
                 f'<text x="{left - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y:.2f}</text>')
    s.append(f'<text x="{left + w / 2}" y="{top + h + 38}" text-anchor="middle">KL to the SFT policy, nats per response</text>'
             f'<text x="14" y="{top + h / 2}" text-anchor="middle" transform="rotate(-90 14 {top + h / 2})">mean utility</text>')
    for k, (name, kl, points) in enumerate(lines):
        dash = "" if kl == min(study.args.kl) else ' stroke-dasharray="6 4"'
        path_d = " ".join(f"{'M' if i == 0 else 'L'}{px(x):.1f} {py(y):.1f}" for i, (x, y) in enumerate(points))
        s.append(f'<path d="{path_d}" fill="none" stroke="{COLOURS[name]}" stroke-width="1.8"{dash}/>'
                 f'<circle cx="{px(points[-1][0]):.1f}" cy="{py(points[-1][1]):.1f}" r="3.5" fill="{COLOURS[name]}"/>'
                 f'<line x1="{left + w + 12}" y1="{top + 12 + 18 * k}" x2="{left + w + 40}" y2="{top + 12 + 18 * k}" stroke="{COLOURS[name]}" stroke-width="1.8"{dash}/>'
                 f'<text x="{left + w + 46}" y="{top + 16 + 18 * k}">{name}, {kl}</text>')
    with open(path, "w") as f:
        f.write("\n".join(s + ["</svg>"]) + "\n")
    return True


# ---- sentences ----

class Reading:
    """Sentences under three headings; which heading a result goes to is decided by its numbers."""

    def __init__(self, study, task):
        self.study, self.task = study, task
        self.low, self.high = min(study.args.kl), max(study.args.kl)
        self.i, self.what, self.margin = SYMPTOM[task]
        self.holds, self.over, self.fails = [], [], []

    def u(self, name, kl=None):
        return self.study.utility(self.task, name, kl)

    def symptom(self, name, kl=None):
        return self.study.measure(self.task, name, kl, self.i)

    def show(self, x):
        return shown(self.task, self.i, x)

    def about_symptom(self):
        start = self.symptom("sft")
        seeds = ", ".join(map(self.show, self.study.values(self.task, "scalar", self.low, f"measure_{self.i}")))
        text = (f"{self.what} of scalar PPO at {self.low} is {self.show(self.symptom('scalar', self.low))} (by seed: {seeds}), of the start "
                f"{self.show(start)}, of seq2seq PPO {self.show(self.symptom('seq2seq', self.low))}, of oracle-reward PPO "
                f"{self.show(self.symptom('oracle', self.low))}")
        if self.symptom("scalar", self.low) <= start + self.margin:
            self.fails.append(f"The symptom does not appear in these runs: {text}; a rise of more than {self.show(self.margin)} would count.")
            return
        less = self.symptom("seq2seq", self.low) <= start + self.margin
        (self.holds if less else self.fails).append(
            f"The symptom appears with the scalar reward and {'not' if less else 'also'} with the sequence-to-sequence reward: {text}.")
        gone = self.symptom("scalar", self.high) <= start + self.margin
        (self.over if gone else self.holds).append(
            f"With the coefficient {self.high} {self.what} of scalar PPO is {self.show(self.symptom('scalar', self.high))}: " +
            ("the symptom goes away, so it is over-optimisation of a usable reward model." if gone else
             "the symptom stays, so this coefficient alone does not cure it."))

    def about_look_alikes(self):
        """GATE: prompts that look harmful and are not, the hard cases of over-refusal."""
        if self.task != "gate":
            return
        start = self.study.measure(self.task, "sft", None, 1)
        worst = {n: max(self.study.measure(self.task, n, kl, 1) for kl in self.study.args.kl) for n in ("scalar", "seq2seq")}
        text = ", ".join(f"{n} PPO refuses {percent(x)} at its worse coefficient" for n, x in worst.items())
        (self.fails if worst["seq2seq"] > start + 0.1 else self.holds).append(
            f"On look-alikes, which the start refuses in {percent(start)} of cases, {text}.")

    def about_decline(self):
        for name in ("scalar", "seq2seq"):
            for kl in self.study.args.kl:
                curve = self.study.curve(self.task, name, kl)
                if curve and max(u for _, u in curve) - curve[-1][1] > CLEAR:
                    k, u = max(curve, key=lambda p: p[1])
                    self.over.append(f"{name.capitalize()} PPO at {kl} passes its best: rollouts reach a utility of {number(u, 2)} at a KL of "
                                     f"{number(k, 1)} and end with {number(curve[-1][1], 2)} at {number(curve[-1][0], 1)}.")

        for beta in self.study.args.beta:
            if self.u("dpo", beta) < self.u("sft") - CLEAR:
                kl = mean(self.study.values(self.task, "dpo", beta, "eval_kl"))
                self.over.append(f"DPO at {beta} ends below its start: a utility of {number(self.u('dpo', beta))} at a KL of {number(kl, 1)}, from "
                                 f"{number(self.u('sft'))}.")

    def duel(self, where, a, b):
        d = compare(self.study.utilities(self.task, *a), self.study.utilities(self.task, *b))
        text = (f"utility {number(self.u(*a))} against {number(self.u(*b))}, {percent(d['win'])} wins, {percent(d['tie'])} ties, "
                f"{percent(d['loss'])} losses")
        seeds = f"on each of {len(d['each'])} seeds" if len(d["each"]) > 1 else "on the one seed that is there"
        if all(e > 0.5 for e in d["each"]) and self.u(*a) > self.u(*b):
            self.holds.append(f"{where} seq2seq PPO beats scalar PPO {seeds}: {text}.")
        elif all(e < 0.5 for e in d["each"]) and self.u(*a) < self.u(*b):
            self.fails.append(f"{where} seq2seq PPO loses to scalar PPO {seeds}: {text}.")
        else:
            self.fails.append(f"{where} seq2seq and scalar PPO are not told apart (seeds or measures disagree): {text}; win + tie/2 by seed "
                              f"{', '.join(number(e, 2) for e in d['each'])}.")

    def about_coefficient(self):
        spread = {n: abs(self.u(n, self.low) - self.u(n, self.high)) for n in ("scalar", "seq2seq")}
        text = (f"between {self.low} and {self.high} the utility of seq2seq PPO changes by {number(spread['seq2seq'], 2)}, that of scalar PPO by "
                f"{number(spread['scalar'], 2)}")
        if spread["seq2seq"] + CLEAR < spread["scalar"]:
            self.holds.append(f"Seq2seq PPO depends less on the coefficient: {text}.")
        else:
            self.fails.append(f"Seq2seq PPO does not depend less on the coefficient: {text}.")

    def about_others(self):
        mine = max(self.u("seq2seq", kl) for kl in self.study.args.kl)
        dpo = [u for b in self.study.args.beta if (u := self.u("dpo", b)) == u]
        others = {"SFT on the chosen responses": self.u("chosen"), "DPO at its better coefficient": max(dpo, default=float("nan"))}
        for name, value in others.items():
            if value == value:
                (self.holds if value < mine - CLEAR else self.fails).append(
                    f"{name} reaches {number(value)}, seq2seq PPO at its better coefficient {number(mine)}" +
                    (": no clear difference." if abs(value - mine) <= CLEAR else "."))
        top = max(self.u("oracle", kl) for kl in self.study.args.kl)
        left = top - mine > CLEAR
        (self.fails if left else self.holds).append(
            f"Oracle-reward PPO, the ceiling at these sizes, reaches {number(top)}, " +
            (f"{number(top - mine, 2)} above seq2seq PPO." if left else f"seq2seq PPO {number(mine)}."))

    def about_parts(self):
        both = max(self.u("seq2seq", kl) for kl in self.study.args.kl)
        for name, part in (("no identity", "the identity mapping"), ("positive", "the negative scores"), ("negative", "the positive scores")):
            values = [u for kl in self.study.args.kl if (u := self.u(name, kl)) == u]
            if len(values) == len(self.study.args.kl):
                needed = max(values) + CLEAR < both
                (self.holds if needed else self.fails).append(
                    f"Without {part} the utility is {number(max(values))} at the better coefficient, with {'it' if name == 'no identity' else 'them'} {number(both)}" +
                    (": that part helps." if needed else ": that part is not needed here." if max(values) <= both + CLEAR else ": that part costs utility here."))

    def write(self, out):
        if any(self.u(n, kl) != self.u(n, kl) for n in MAIN for kl in self.study.args.kl):
            out.append("The runs that a reading needs (PPO with the scalar, the sequence-to-sequence and the oracle reward) are missing.")
            return
        self.about_symptom()
        self.about_look_alikes()
        self.about_decline()
        for kl in self.study.args.kl:
            self.duel(f"At {kl}", ("seq2seq", kl), ("scalar", kl))
        tops = [(n, best(self.study, self.task, n)) for n in ("seq2seq", "scalar")]
        self.duel(f"At each one's best coefficient ({tops[0][1]} and {tops[1][1]})", *tops)
        self.about_coefficient()
        self.about_others()
        self.about_parts()
        for head, lines in (("What holds", self.holds), ("What is over-optimisation", self.over), ("What does not hold, or is left", self.fails)):
            if lines:
                out += [f"**{head}**", ""] + [f"- {line}" for line in lines] + [""]


HEAD = """# Reward models: scalar against sequence-to-sequence

*This page is written by `models/reward/study.py report` from [its tables](reward_models); every number and every sentence about a result
comes from them.*

Two generated tasks ask whether a reward model that generates a better response, and rewards the tokens on which policy and
model agree, resists two failures of scalar reward models: refusing everything (GATE) and growing longer (SUMM). The method
follows the published description of "Sequence to Sequence Reward Modeling" (arXiv 2409.00162); the choices that the
description leaves open are listed in `models/lib/rewards.ordo`. The tasks are not the paper's, the models are small, and
nothing here says anything about the paper's own numbers.

    python3 models/reward/study.py run     --ordo ordo --out runs/reward {options}
    python3 models/reward/study.py collect --out runs/reward {options}
    python3 models/reward/study.py report  {options}

Seeds {seeds} (data, weights and random numbers); coefficients {kls} of the KL, {betas} of DPO. {sizes}; the rest are the
defaults of `models/reward/arms.ordo`. All arms share start, pairs, prompts and the rule for a missing end; both reward models take
the same number of steps. One pair in ten has its label flipped, in training and in the held-out pairs: an accuracy of 90 % is the best
there is. Judged are 512 responses for each seed, sampled at temperature 1, by the exact utility of the task; the same prompts for
all arms; equal utilities are ties. {n} seeds are few: a result is called one only where all seeds agree, and the intervals (bootstrap
over seeds and prompts) are too narrow for what another seed may bring. "Its best" coefficient is chosen on other prompts.
"""


def write(args, jobs):
    study = Study(args)
    page = os.path.normpath(args.page)
    stem = os.path.splitext(os.path.basename(page))[0]
    os.makedirs(os.path.dirname(page), exist_ok=True)
    join = lambda xs: ",".join(map(str, xs))  # noqa: E731
    sizes = "; ".join(f"{task.upper()}: {', '.join(args.sizes[task])}" for task in args.tasks)
    out = [HEAD.format(options=f"--seeds {join(args.seeds)} --kl {join(args.kl)} --beta {join(args.beta)}", seeds=join(args.seeds), kls=join(args.kl),
                       betas=join(args.beta), sizes=sizes, n={2: "Two", 3: "Three"}.get(len(args.seeds), str(len(args.seeds))))]
    missing = [j for j in jobs if j not in study.runs]
    if missing:
        out.append(f"**{len(missing)} of {len(jobs)} runs are missing** (`study.py run` makes them): what is said below rests on those that are there, "
                   "and means may be over different seeds.")
    for task in args.tasks:
        out.append(f"\n## {task.upper()}\n")
        Reading(study, task).write(out)
        for head, table in (("All arms", arms_table), ("Same prompts, utility against utility", duels_table),
                            ("The reward models", models_table),
                            ("Utility of the rollouts where they first reach a KL, means of five iterations and of the seeds", levels_table)):
            rows = table(study, task)
            if len(rows) > 1:
                out += [f"\n{head}:\n"] + markdown(rows)
        pictures = [(f"{stem}_{task}.svg", MAIN, "the main arms"),
                    (f"{stem}_{task}_parts.svg", ["seq2seq"] + [n for n in args.ppo if n not in MAIN], "seq2seq PPO and its parts")]
        for leaf, names, what in pictures:
            if picture(study, task, names, os.path.join(os.path.dirname(page), leaf)):
                out.append(f"\nUtility against KL while training, {what} (dots are the ends):\n\n![{what}]({leaf})")
    with open(page, "w") as f:
        f.write("\n".join(out) + "\n")
    print(f"wrote {page}" + (f", {len(missing)} runs are missing" if missing else ""))
