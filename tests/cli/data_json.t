# args: data --json
data pairs = tsv("pairs.tsv", valid = 0.3, split_by = src) { src: chars[S]  tgt: words[T]  n: i32 }
data prefs = jsonl("prefs.jsonl") {
  prompt:   words[P]
  chosen:   words(vocab = prompt)[T]
  rejected: words(vocab = prompt)[R]
  score:    f32[N]
}
data plays = text("plays.txt", valid = 0.25) { c: chars }
# +++ pairs.tsv
abc	A B C	3

b	B	1
one column
café	K AE F EY	4
abc	A B K	x
cab	K AE B	3
# +++ prefs.jsonl
{"prompt": "to be", "chosen": ["or", "not"], "rejected": "and", "score": [1, 0.5]}
{"prompt": "to be", "chosen": "or"}
no json
# +++ plays.txt
To be, or not to be.
That is it.
# ---
{
 "pairs": {
  "file": "pairs.tsv",
  "format": "tsv",
  "bytes": 73,
  "lines": 7,
  "empty": 1,
  "skipped": 2,
  "splits": {
   "train": 4,
   "valid": 0,
   "test": 0
  },
  "faults": [
   {
    "why": "it has too few columns",
    "lines": 1,
    "first_line": 4
   },
   {
    "why": "is no number",
    "lines": 1,
    "first_line": 6,
    "shown": "x",
    "column": "n"
   }
  ],
  "columns": {
   "src": {
    "values": 15,
    "vocabulary": "pairs.src",
    "kinds": 9,
    "longest": 5,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     },
     {
      "from": 4,
      "to": 7,
      "examples": 3
     }
    ]
   },
   "tgt": {
    "values": 15,
    "vocabulary": "pairs.tgt",
    "kinds": 11,
    "longest": 5,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     },
     {
      "from": 4,
      "to": 7,
      "examples": 3
     }
    ]
   },
   "n": {
    "values": 4
   }
  }
 },
 "prefs": {
  "file": "prefs.jsonl",
  "format": "jsonl",
  "bytes": 127,
  "lines": 3,
  "empty": 0,
  "skipped": 2,
  "splits": {
   "train": 1,
   "valid": 0,
   "test": 0
  },
  "faults": [
   {
    "why": "is missing",
    "lines": 1,
    "first_line": 2,
    "column": "rejected"
   },
   {
    "why": "it is no JSON object",
    "lines": 1,
    "first_line": 3
   }
  ],
  "columns": {
   "prompt": {
    "values": 3,
    "vocabulary": "prefs.prompt",
    "kinds": 9,
    "longest": 3,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     }
    ]
   },
   "chosen": {
    "values": 3,
    "vocabulary": "prefs.prompt",
    "kinds": 9,
    "longest": 3,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     }
    ]
   },
   "rejected": {
    "values": 2,
    "vocabulary": "prefs.prompt",
    "kinds": 9,
    "longest": 2,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     }
    ]
   },
   "score": {
    "values": 2,
    "longest": 2,
    "lengths": [
     {
      "from": 2,
      "to": 3,
      "examples": 1
     }
    ]
   }
  }
 },
 "plays": {
  "file": "plays.txt",
  "format": "text",
  "bytes": 33,
  "lines": 0,
  "empty": 0,
  "skipped": 0,
  "splits": {
   "train": 24,
   "valid": 9,
   "test": 0
  },
  "faults": [],
  "columns": {
   "c": {
    "values": 33,
    "vocabulary": "plays.c",
    "kinds": 17
   }
  }
 }
}
data_json.ordo:1:18: warning[W0812]: 2 of 7 lines of 'pairs.tsv' are skipped
  1 | data pairs = tsv("pairs.tsv", valid = 0.3, split_by = src) { src: chars[S]  tgt: words[T]  n: i32 }
    |                  ^^^^^^^^^^^
    = help: pairs.tsv:4: it has too few columns
    = help: pairs.tsv:6: 'n' is no number: 'x'

data_json.ordo:2:20: warning[W0812]: 2 of 3 lines of 'prefs.jsonl' are skipped
  2 | data prefs = jsonl("prefs.jsonl") {
    |                    ^^^^^^^^^^^^^
    = help: prefs.jsonl:2: 'rejected' is missing
    = help: prefs.jsonl:3: it is no JSON object

