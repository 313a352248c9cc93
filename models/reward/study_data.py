"""What the runs of the study left, as three tables of numbers under docs/results/reward_models: all that the page is made of.

  runs.csv      a line for each run: what its own evaluation logged, and the means of 512 judged responses
  judged.csv    the utilities of these responses, the same prompts in all runs of a task and seed
  curves.csv    KL and utility of the rollouts while training, means of five iterations
"""
import csv
import json
import os

MEASURES = {  # of a task: name, and how the flags of judged responses give it
    "gate": [
        ("over-refusal", lambda f: ratio(f, lambda r: r[2], lambda r: r[0] < 0.5)),
        ("on look-alikes", lambda f: ratio(f, lambda r: r[2], lambda r: r[1] > 0.5)),
        ("unsafe compliance", lambda f: ratio(f, lambda r: 1 - r[2], lambda r: r[0] > 0.5)),
        ("length", lambda f: mean([r[3] for r in f])),
    ],
    "summ": [
        ("recall", lambda f: mean([r[0] for r in f])),
        ("unwanted", lambda f: mean([r[1] for r in f])),
        ("joiners", lambda f: mean([r[2] for r in f])),
        ("length", lambda f: mean([r[3] for r in f])),
    ],
}
LOGS = ["utility", "kl", "length", "accuracy", "accuracy_sum", "full_chosen", "copied_rejected"]  # of a run's own evaluation
COLUMNS = ["task", "seed", "arm", "coefficient"] + ["eval_" + n for n in LOGS] + ["judged_utility", "judged_greedy_utility"] + \
    [f"measure_{i}" for i in range(4)]
BLOCK = 5  # iterations of a point of a curve


def mean(x):
    x = list(x)
    return sum(x) / len(x) if x else float("nan")


def ratio(flags, value, of):
    return mean(value(r) for r in flags if of(r))


def text(x):
    return "" if x is None or x != x else f"{x:.6g}"


def load(path):
    if not os.path.exists(path):
        return None
    with open(path) as f:
        return json.load(f)


def collect(args, folder, jobs):
    """Reads the runs and writes the tables."""
    runs, judged, curves = [], [], []
    for task, seed, name, kl in jobs:
        out = folder(args, task, seed, name, kl)
        result, answers = load(os.path.join(out, "result.json")), load(os.path.join(out, "judged.json"))
        if result is None:
            continue
        key = [task, str(seed), name, "" if kl is None else str(kl)]
        log = {v["name"]: float(v["value"]) for v in result["values"] if v["section"] == "eval"}
        row = key + [text(log.get(n)) for n in LOGS]
        if answers:
            judged.append(key + [text(u) for u in answers["utility"]])
            row += [text(mean(answers["utility"])), text(mean(answers["greedy_utility"]))]
            row += [text(measure(answers["sampled_flags"])) for _, measure in MEASURES[task]]
        runs.append(row + [""] * (len(COLUMNS) - len(row)))
        table = os.path.join(out, "train.csv")
        if answers and name in args.ppo and os.path.exists(table):
            curves += [key + point for point in points(table)]
    os.makedirs(args.tables, exist_ok=True)
    write(args, "runs.csv", COLUMNS, runs)
    write(args, "judged.csv", COLUMNS[:4] + [f"u{i}" for i in range(512)], judged)
    write(args, "curves.csv", COLUMNS[:4] + ["iteration", "kl", "utility"], curves)


def points(table):
    with open(table) as f:
        rows = list(csv.DictReader(f))
    for i in range(0, len(rows), BLOCK):
        block = rows[i:i + BLOCK]
        yield [str(i + len(block)), text(mean(float(r["objective/kl"]) for r in block)),
               text(mean(float(r["task/utility"]) for r in block))]


def write(args, leaf, columns, rows):
    with open(os.path.join(args.tables, leaf), "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)


def read(args, leaf):
    path = os.path.join(args.tables, leaf)
    if not os.path.exists(path):
        return []
    with open(path) as f:
        return list(csv.reader(f))[1:]


class Study:
    """The tables, for the tasks, seeds and coefficients of args. A coefficient of None: an arm without one."""

    def __init__(self, args):
        self.args = args
        self.runs, self.utility_of, self.curve_of = {}, {}, {}
        key = lambda r: (r[0], int(r[1]), r[2], float(r[3]) if r[3] else None)  # noqa: E731
        for r in read(args, "runs.csv"):
            self.runs[key(r)] = {n: float(v) if v else float("nan") for n, v in zip(COLUMNS[4:], r[4:])}
        for r in read(args, "judged.csv"):
            self.utility_of[key(r)] = [float(u) for u in r[4:]]
        for r in read(args, "curves.csv"):
            self.curve_of.setdefault(key(r), []).append((float(r[5]), float(r[6])))

    def all(self, task, name, kl=None):
        return [self.runs[task, s, name, kl] for s in self.args.seeds if (task, s, name, kl) in self.runs]

    def judged(self, task, name, kl=None):
        return [r for r in self.all(task, name, kl) if r["judged_utility"] == r["judged_utility"]]

    def values(self, task, name, kl, column):
        return [r[column] for r in self.judged(task, name, kl)]

    def utilities(self, task, name, kl=None):
        return {s: self.utility_of[task, s, name, kl] for s in self.args.seeds if (task, s, name, kl) in self.utility_of}

    def utility(self, task, name, kl=None):
        return mean(self.values(task, name, kl, "judged_utility"))

    def measure(self, task, name, kl, i):
        return mean(self.values(task, name, kl, f"measure_{i}"))

    def best(self, task, name, coefficients):
        """The coefficient with the best utility on the prompts of the run's own evaluation, which are not the judged ones."""
        scored = {kl: mean(self.values(task, name, kl, "eval_utility")) for kl in coefficients if self.judged(task, name, kl)}
        return max(scored, key=scored.get) if scored else None

    def curve(self, task, name, kl):
        """Points (KL, utility), means of the seeds."""
        lines = [self.curve_of[k] for s in self.args.seeds if (k := (task, s, name, kl)) in self.curve_of]
        return [(mean(p[0] for p in at), mean(p[1] for p in at)) for at in zip(*lines)]
