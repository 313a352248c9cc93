#!/usr/bin/env python3
"""Sentences and trees of a small English-like grammar, for models/trees.ordo: words, depth-first and breadth-first
linearisations, separated by tabs.

  models/data/trees.py 10000 > models/data/trees.tsv

Linearisations as in Vinyals, Bengio and Kudlur, "Order Matters", ICLR 2016, figure 2. Depth first: a label opens, !label
closes. Breadth first: LEV opens a level, PAR steps to the next parent in the level above (empty groups at the end of a
level are left out), DONE ends. Words are not in the target. Both can be read back; the script checks that for each tree.
"""
import random
import sys

# Probability and right side; a lower-case name stands for a class of words.
GRAMMAR = {
    "S": [(0.8, "NP VP ."), (0.12, "PP , NP VP ."), (0.08, "S0 CC S0 .")],
    "S0": [(1.0, "NP VP")],
    "NP": [(0.35, "DT NN"), (0.2, "DT JJ NN"), (0.15, "PRP"), (0.2, "NP PP"), (0.1, "NP SBAR")],
    "PP": [(1.0, "IN NP")],
    "VP": [(0.35, "VBZ NP"), (0.15, "VBZ"), (0.25, "VBZ NP PP"), (0.15, "VBZ SBAR"), (0.1, "MD VP1")],
    "VP1": [(0.6, "VB NP"), (0.4, "VB PP")],
    "SBAR": [(0.5, "WP VP"), (0.5, "THAT NP VP")],
}
WORDS = {
    "DT": "the a this that every some", "JJ": "old small red quiet strange good last open",
    "NN": "man dog house letter river sound work plan light saw watch walk",
    "PRP": "he she it they", "IN": "in on with near from that", "VBZ": "sees likes says watches finds is hears",
    "VB": "see like watch find hear walk", "MD": "will can may", "CC": "and but", "WP": "who", "THAT": "that",
    ".": ". !", ",": ",",
}
DEEPEST, LONGEST = 9, 12


def draw(label, depth, rng):
    if label in WORDS:
        return (label, [], rng.choice(WORDS[label].split()))
    rules = GRAMMAR[label]
    if depth >= DEEPEST - 4:  # the first rules end soonest
        rules = rules[:1]
    right = rng.choices([r for _, r in rules], [p for p, _ in rules])[0]
    return (label, [draw(x, depth + 1, rng) for x in right.split()], None)


def words(tree):
    return [tree[2]] if tree[2] else [w for child in tree[1] for w in words(child)]


def depth_first(tree):
    return [tree[0]] + [x for child in tree[1] for x in depth_first(child)] + ["!" + tree[0]]


def breadth_first(tree):
    out, level = [tree[0]], [tree]
    while any(node[1] for node in level):
        groups = [[child[0] for child in node[1]] for node in level]
        while not groups[-1]:
            groups.pop()
        out.append("LEV")
        for k, group in enumerate(groups):
            out += (["PAR"] if k else []) + group
        level = [child for node in level for child in node[1]]
    return out + ["DONE"]


def shape(tree):
    return (tree[0], [shape(child) for child in tree[1]])


def read_depth_first(tokens):
    stack = [("", [])]
    for token in tokens:
        if token.startswith("!") and len(token) > 1:
            node = stack.pop()
            assert node[0] == token[1:]
            stack[-1][1].append(node)
        else:
            stack.append((token, []))
    assert len(stack) == 1 and len(stack[0][1]) == 1
    return stack[0][1][0]


def read_breadth_first(tokens):
    root = (tokens[0], [])
    level, below, parent = [root], [root], 0
    for token in tokens[1:-1]:
        if token == "LEV":
            level, below, parent = below, [], 0
        elif token == "PAR":
            parent += 1
        else:
            level[parent][1].append((token, []))
            below.append(level[parent][1][-1])
    return root


FIGURE_2 = ("S", [("NP", [("DT", [])]), ("VP", [("VBZ", []), ("NP", [("DT", []), ("NN", [])])]), (".", [])])


def main():
    assert " ".join(depth_first(FIGURE_2)) == "S NP DT !DT !NP VP VBZ !VBZ NP DT !DT NN !NN !NP !VP . !. !S"
    assert " ".join(breadth_first(FIGURE_2)) == "S LEV NP VP . LEV DT PAR VBZ NP LEV PAR PAR DT NN DONE"
    count, rng = int(sys.argv[1]), random.Random(1)
    seen = set()
    print("words", "depth", "breadth", sep="\t")
    while len(seen) < count:
        tree = draw("S", 0, rng)
        sentence = " ".join(words(tree))
        if len(words(tree)) > LONGEST or sentence in seen:
            continue
        seen.add(sentence)
        deep, broad = depth_first(tree), breadth_first(tree)
        assert read_depth_first(deep) == shape(tree) and read_breadth_first(broad) == shape(tree)
        print(sentence, " ".join(deep), " ".join(broad), sep="\t")


main()
