# args: check
# exit: 1
# Look-alikes from papers, and characters that belong to no word.
fn f(a: f32[B], b: f32[B]) -> f32[B] {
  y = a − b
  z = y ? 1 : 2
  import_path = 'single'
  y × z
}
# ---
E0101_bad_character.ordo:3:9: error[E0101]: unexpected character '−'
  3 |   y = a − b
    |         ^
    = help: this is a typographic minus; write -

E0101_bad_character.ordo:4:9: error[E0101]: unexpected character '?'
  4 |   z = y ? 1 : 2
    |         ^
    = help: to choose between two values write where(condition, a, b)

E0101_bad_character.ordo:5:17: error[E0101]: a string stands in double quotes
  5 |   import_path = 'single'
    |                 ^^^^^^^^
    = help: write "single"

E0101_bad_character.ordo:6:5: error[E0101]: unexpected character '×'
  6 |   y × z
    |     ^
    = help: write *

4 errors
