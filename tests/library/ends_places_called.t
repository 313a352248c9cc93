# args: run --seed 1 {} Ends.places "[[0,1,2]]" "[[true,true,false]]"
# exit: 1
# Called from outside with more places than have been learned: the assertion of the library, about a size of the call.
import transformer

layer Ends() {
  learned: Decoder(5, 4, 1, 2, position = "learned", places = 2)
  fn places(x: <5>[B, T], m: mask[B, T]) { learned.logits(x, m) }
}
# ---
models/lib/transformer.ordo:216:12: error[E0222]: there are learned places for fewer tokens
  216 |     assert position != "learned" or T <= places, "there are learned places for fewer tokens"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
