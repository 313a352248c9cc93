#!/usr/bin/env python3
"""Sorts numbers with a model, from Python.

./sort.py CHECKPOINT NUMBER...     weights of 'ordo train sort -D N=5 -D P=1', any number of numbers
./sort.py - NUMBER...              fresh weights: shows the calls, sorts nothing
"""

import sys

import ordo


def main(checkpoint, *numbers):
    model = ordo.load("sort", N=5, P=1, weights=None if checkpoint == "-" else checkpoint)
    (in_order,) = model.net.sorted([[float(number) for number in numbers]])
    print(*(f"{number:g}" for number in in_order))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: sort.py CHECKPOINT NUMBER...")
    try:
        main(*sys.argv[1:])
    except ordo.Error as error:
        sys.exit(str(error))
