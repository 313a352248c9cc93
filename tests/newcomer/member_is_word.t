# args: check
# exit: 1
# A member that is called like a word of the language.
import linear

layer Cell(I, H) {
  in:  Linear(I, H)
  out: Linear(H, I)
  fn (x: f32[B, I]) -> f32[B, I] { out(tanh(x)) }
}
# ---
member_is_word.ordo:5:3: error[E0110]: unexpected 'in'
  5 |   in:  Linear(I, H)
    |   ^^
    = expected  a weight, a layer or a function
    = help: 'in' is a word of the language: a member needs another name

1 error
