# args: check
# exit: 1
from rnn import LSTM
class Model(H):
  W: f32[H] ~ zeros
  fn (x: f32[B, H]) -> f32[B] {
    let y = self.x
    while true { y = y + 1 }
    for i in range(3) { y = y * True }
    if H > 3 { y = 1 } elif H > 4 { y = 2 }
    return y
  }

def square(x: f32[B]):
  return x * x
# ---
E0107_foreign_word.ordo:1:1: error[E0107]: 'from' is not a word of Ordo
  1 | from rnn import LSTM
    | ^^^^
    = help: all names of a file come in with: import rnn

E0107_foreign_word.ordo:2:1: error[E0107]: 'class' is not a word of Ordo
  2 | class Model(H):
    | ^^^^^
    = help: weights and functions belong to a layer: layer Name(H) { ... }

E0107_foreign_word.ordo:2:15: error[E0113]: a block begins with '{', not with ':'
  2 | class Model(H):
    |               ^
    = help: write { and, after the last statement of the block, }

E0107_foreign_word.ordo:5:5: error[E0107]: 'let' is not a word of Ordo
  5 |     let y = self.x
    |     ^^^
    = help: a name gets its value with = alone: x = ...

E0107_foreign_word.ordo:5:13: error[E0107]: 'self' is not a word of Ordo
  5 |     let y = self.x
    |             ^^^^
    = help: inside a layer its members are called by their names alone: W, not self.W

E0107_foreign_word.ordo:6:5: error[E0107]: 'while' is not a word of Ordo
  6 |     while true { y = y + 1 }
    |     ^^^^^
    = help: a loop over time is: scan t in T, h = h0 until done { ... }

E0107_foreign_word.ordo:7:14: error[E0107]: 'range' is not a word of Ordo
  7 |     for i in range(3) { y = y * True }
    |              ^^^^^^^^
    = help: write the count: for i in 3 { ... }

E0107_foreign_word.ordo:7:33: error[E0107]: 'True' is not a word of Ordo
  7 |     for i in range(3) { y = y * True }
    |                                 ^^^^
    = help: write true

E0107_foreign_word.ordo:8:24: error[E0107]: 'elif' is not a word of Ordo
  8 |     if H > 3 { y = 1 } elif H > 4 { y = 2 }
    |                        ^^^^
    = help: write 'else if'

E0107_foreign_word.ordo:9:5: error[E0107]: 'return' is not a word of Ordo
  9 |     return y
    |     ^^^^^^
    = help: the last expression of a function is its result: write it alone

E0107_foreign_word.ordo:12:1: error[E0107]: 'def' is not a word of Ordo
  12 | def square(x: f32[B]):
     | ^^^
     = help: functions begin with 'fn': fn f(x: f32[B]) -> f32[B] { ... }

E0107_foreign_word.ordo:12:22: error[E0113]: a block begins with '{', not with ':'
  12 | def square(x: f32[B]):
     |                      ^
     = help: write { and, after the last statement of the block, }

E0107_foreign_word.ordo:13:3: error[E0107]: 'return' is not a word of Ordo
  13 |   return x * x
     |   ^^^^^^
     = help: the last expression of a function is its result: write it alone

13 errors
