# args: check
# exit: 1
fn f(E: f32[V, D], t: <W>[B]) { E[t, :] }
fn g(a: <V>[B], b: <W>[B]) { a == b }
fn h(a: <V>[B], E: f32[V, D]) { E[a, :] }
fn i(a: <W>[B], n: i32[B], E: f32[V, D]) { (h(a, E), h(n, E)) }
fn j(a: <V>[B]) { f32(a) }
fn k(a: <V>[B]) { one_hot(a, B) }
# ---
E0207_index_type.ordo:1:35: error[E0207]: this index points into an axis of W, not of V
  1 | fn f(E: f32[V, D], t: <W>[B]) { E[t, :] }
    |                                   ^
    = expected  <V>
    = got       <W>[B]

E0207_index_type.ordo:2:30: error[E0207]: indices into different axes meet
  2 | fn g(a: <V>[B], b: <W>[B]) { a == b }
    |                              ^^^^^^
    = expected  <V>
    = got       <W>

E0207_index_type.ordo:4:47: error[E0207]: the argument 'a' points into an axis of W, not of V
  4 | fn i(a: <W>[B], n: i32[B], E: f32[V, D]) { (h(a, E), h(n, E)) }
    |                                               ^
    = expected  <V>
    = got       <W>[B]
E0207_index_type.ordo:3:9: note: declared here
  3 | fn h(a: <V>[B], E: f32[V, D]) { E[a, :] }
    |         ^^^^^^

E0207_index_type.ordo:4:56: error[E0207]: the argument 'a' has the element type i32, an index wanted
  4 | fn i(a: <W>[B], n: i32[B], E: f32[V, D]) { (h(a, E), h(n, E)) }
    |                                                        ^
    = got       i32[B]
E0207_index_type.ordo:3:9: note: declared here
  3 | fn h(a: <V>[B], E: f32[V, D]) { E[a, :] }
    |         ^^^^^^
    = help: index(e, N) makes an index of an i32, cut into range

E0207_index_type.ordo:5:19: error[E0207]: an index becomes a number only by i32(...)
  5 | fn j(a: <V>[B]) { f32(a) }
    |                   ^^^^^^
    = help: write f32(i32(...))

E0207_index_type.ordo:6:19: error[E0207]: one_hot(i, B) wants an index <B>, not <V>[B]
  6 | fn k(a: <V>[B]) { one_hot(a, B) }
    |                   ^^^^^^^^^^^^^

6 errors
