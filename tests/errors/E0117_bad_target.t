# args: check
# exit: 1
fn f(net: layer, x: f32[B]) -> f32[B] {
  x + 1 = x
  net.W = zeros(3)
  f(x) = 3
  3 = x
  (x, -x) = split(x, 2)
  x
}
# ---
E0117_bad_target.ordo:2:3: error[E0117]: this cannot be given a value
  2 |   x + 1 = x
    |   ^^^^^
    = expected  a name, a name with indices, or several of them: (a, b)
    = help: equality is written ==

E0117_bad_target.ordo:3:3: error[E0117]: this cannot be given a value
  3 |   net.W = zeros(3)
    |   ^^^^^
    = expected  a name, a name with indices, or several of them: (a, b)
    = help: members of a layer change only by 'minimize' and 'move'

E0117_bad_target.ordo:4:3: error[E0117]: this cannot be given a value
  4 |   f(x) = 3
    |   ^^^^
    = expected  a name, a name with indices, or several of them: (a, b)
    = help: equality is written ==

E0117_bad_target.ordo:5:3: error[E0117]: this cannot be given a value
  5 |   3 = x
    |   ^
    = expected  a name, a name with indices, or several of them: (a, b)

E0117_bad_target.ordo:6:7: error[E0117]: this cannot be given a value
  6 |   (x, -x) = split(x, 2)
    |       ^^
    = expected  a name, a name with indices, or several of them: (a, b)

5 errors
