# args: check {}
# exit: 1
# At padding the state is turned round: that does not keep it.
fn turned(x: f32[N], m: mask[N], h: f32[H]) -> f32[H] {
  scan t in N, c = h {
    r[i] = c[H - 1 - i]
    c = where(m[t], x[t] * c, r)
  }
  c
}
# ---
mask_turned.ordo:3:8: error[E0413]: the loop goes on over the padding of the axis N and changes what it hands on
  3 |   scan t in N, c = h {
    |        ^
mask_turned.ordo:2:22: note: the axis N is padded: this mask says so
  2 | fn turned(x: f32[N], m: mask[N], h: f32[H]) -> f32[H] {
    |                      ^^^^^^^^^^
mask_turned.ordo:5:9: note: its padding comes through 'c'
  5 |     c = where(m[t], x[t] * c, r)
    |         ^^^^^^^^^^^^^^^^^^^^^^^^
    = help: keep it there: h = where(mask[b, t], new, h)

1 error
