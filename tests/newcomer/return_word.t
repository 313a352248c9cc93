# args: check
# exit: 1
fn f(x: f32[B]) -> f32[B] {
  return x * 2
}
# ---
return_word.ordo:2:3: error[E0107]: 'return' is not a word of Ordo
  2 |   return x * 2
    |   ^^^^^^
    = help: the last expression of a function is its result: write it alone

1 error
