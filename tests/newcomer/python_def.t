# args: check
# exit: 1
def f(x):
    return x + 1
# ---
python_def.ordo:1:1: error[E0107]: 'def' is not a word of Ordo
  1 | def f(x):
    | ^^^
    = help: functions begin with 'fn': fn f(x: f32[B]) -> f32[B] { ... }

python_def.ordo:1:7: error[E0126]: the parameter 'x' has no type
  1 | def f(x):
    |       ^
    = expected  x: f32[B, N]
    = help: '..' is any number of axes: x: f32[..]

python_def.ordo:1:9: error[E0113]: a block begins with '{', not with ':'
  1 | def f(x):
    |         ^
    = help: write { and, after the last statement of the block, }

python_def.ordo:2:5: error[E0107]: 'return' is not a word of Ordo
  2 |     return x + 1
    |     ^^^^^^
    = help: the last expression of a function is its result: write it alone

4 errors
