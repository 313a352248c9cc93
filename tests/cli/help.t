# args: reduce --help {}
# exit: 0
# ---
ordo reduce: make a graph or a text that shows a fault smaller

usage: ordo reduce [OPTION]... FILE [FUNCTION]

Cuts nodes, results, parameters and sizes away while the fault stays. The fault is that compiled code differs
from the reference interpreter, or cannot be made; or that a shell command succeeds ({}: the graph's file).
With --text it is the text of the spec that gets smaller: declarations, statements, expressions, sizes, numbers.
  ordo reduce graph.txt --passes=inline,simplify,fuse -o small.txt
  ordo reduce graph.txt --test="ordo opt {} 2>&1 | grep -q 'bug of ordo'"
  ordo reduce spec.ordo --text --test="ordo check {} 2>&1 | grep -q 'bug of ordo'"

options:
  -h, --help                show this text
      --color=WHEN          auto, always or never; auto looks for a terminal and NO_COLOR
  -D, --define=NAME=VALUE   override a constant of the spec, or give an open size of graph text, or
                            of an imported model; the last one counts
  -t, --threads=N           number of threads; default: one for each processor that the process may
                            use
      --seed=N              seed of all random numbers
  -O, --level=N             0, 1 or 2: which default pipeline of passes; default 2
      --passes=LIST         pipeline, as in O1 or inline,grad,simplify{rounds=4}
      --disable=LIST        skip these passes; simplify/RULE switches off one rule
      --insert=STEPS@WHERE  put passes into the pipeline: mine{n=1}@before:fuse,
                            dead@after:simplify@2
      --without=LIST        take passes out of the pipeline: all steps of a pass, or simplify@2, its
                            second
      --fuel=N              stop after N transformations: bisects a wrong one
      --strict              only transformations that keep every bit
      --fast                also transformations that lose NaN, infinities or overflow; not with
                            --strict
      --precision=TYPE      type of the operands of matrix products of f32: bf16 or f32; default:
                            the training program's, else f32
      --plugin=FILE         load a plug-in: passes, rules, ops and facts from a shared object
      --schedule=FILE       how to compile: values in memory, computed again or sharing a kernel,
                            options of passes
      --test=COMMAND        shell command that succeeds while the fault is there; {} is the file's
                            name
      --text                make the text of the spec smaller, not the graph of a function; needs
                            --test
  -o, --output=FILE         write there instead of to the terminal
      --allow-foreign       the spec may call C functions (extern fn) of any library; they can do
                            what you can
