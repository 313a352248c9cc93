# args: check
# exit: 1
const N = 2
fn negative(x: f32[B]) { y[b, i] = x[b] with i in N - 5; y }
fn zeros_of(x: f32[B]) { zeros(B, 0 - 1) }
fn drawn(x: f32[B]) { uniform(0, 1, [B, N - 3]) }
fn turns(x: f32[B]) { scan t in N - 3, h = x { h = h + 1 }; h }
fn declared(x: f32[B, N - 4]) { x }
fn nothing_to_draw(x: f32[B]) { randint(0, [B]) }
fn nothing_to_point_at(i: i32[B]) { index(i, N - 2) }
fn nothing_to_find(x: f32[B]) { y[b, n] = x[b] with n in N - 2; k[b] = argmax[n](y[b, n]); k }
fn called(x: f32[B]) { inner(x, N - 2) }
fn inner(x: f32[B], n: size) { y = zeros(n); k = argmax[i](y[i]); x * f32(i32(k)) }
fn fine(x: f32[B]) { y[b, n] = x[b] with n in N - 2; k[b] = max[n](y[b, n]); k }
# ---
E0232_size_need.ordo:2:51: error[E0232]: an axis cannot have -3 elements
  2 | fn negative(x: f32[B]) { y[b, i] = x[b] with i in N - 5; y }
    |                                                   ^^^^^

E0232_size_need.ordo:3:26: error[E0232]: an axis cannot have -1 elements
  3 | fn zeros_of(x: f32[B]) { zeros(B, 0 - 1) }
    |                          ^^^^^^^^^^^^^^^

E0232_size_need.ordo:4:23: error[E0232]: an axis cannot have -1 elements
  4 | fn drawn(x: f32[B]) { uniform(0, 1, [B, N - 3]) }
    |                       ^^^^^^^^^^^^^^^^^^^^^^^^^

E0232_size_need.ordo:5:33: error[E0232]: an axis cannot have -1 elements
  5 | fn turns(x: f32[B]) { scan t in N - 3, h = x { h = h + 1 }; h }
    |                                 ^^^^^

E0232_size_need.ordo:7:33: error[E0232]: an index needs at least one element of an axis of 0
  7 | fn nothing_to_draw(x: f32[B]) { randint(0, [B]) }
    |                                 ^^^^^^^^^^^^^^^

E0232_size_need.ordo:8:37: error[E0232]: an index needs at least one element of an axis of 0
  8 | fn nothing_to_point_at(i: i32[B]) { index(i, N - 2) }
    |                                     ^^^^^^^^^^^^^^^

E0232_size_need.ordo:9:72: error[E0232]: argmax needs at least one element of an axis of 0
  9 | fn nothing_to_find(x: f32[B]) { y[b, n] = x[b] with n in N - 2; k[b] = argmax[n](y[b, n]); k }
    |                                                                        ^^^^^^^^^^^^^^^^^^

E0232_size_need.ordo:11:50: error[E0232]: argmax needs at least one element of an axis of 0
  11 | fn inner(x: f32[B], n: size) { y = zeros(n); k = argmax[i](y[i]); x * f32(i32(k)) }
     |                                                  ^^^^^^^^^^^^^^^
E0232_size_need.ordo:10:24: note: in what is called here
  10 | fn called(x: f32[B]) { inner(x, N - 2) }
     |                        ^^^^^^^^^^^^^^^

8 errors
