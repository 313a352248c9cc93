# args: check
# exit: 1
train t {
  best by loss
  best valid.loss
  step {
    move net with copy()
    minimize x over net with sgd every
  }
  eval every 2 { move net to net with sgd() }
}
fn f(x: f32) { move x to x with x }
# ---
E0110_training.ordo:2:15: error[E0110]: unexpected end of the line
  2 |   best by loss
    |               ^
    = expected  '.' and the name of a log
    = help: best by valid.loss, or  best by valid.accuracy max patience 5

E0110_training.ordo:3:13: error[E0110]: unexpected '.'
  3 |   best valid.loss
    |             ^
    = expected  the name of an eval

E0110_training.ordo:5:14: error[E0110]: unexpected 'with'
  5 |     move net with copy()
    |              ^^^^
    = expected  'to' and the model that is followed
    = help: move average to net with ema(decay = 0.999)

E0110_training.ordo:6:39: error[E0110]: unexpected end of the line
  6 |     minimize x over net with sgd every
    |                                       ^
    = expected  an expression

E0110_training.ordo:8:18: error[E0308]: 'move' cannot stand here
  8 |   eval every 2 { move net to net with sgd() }
    |                  ^^^^
    = help: it belongs in the step of a training program

E0110_training.ordo:10:16: error[E0308]: 'move' cannot stand here
  10 | fn f(x: f32) { move x to x with x }
     |                ^^^^
     = help: it belongs in the step of a training program

6 errors
