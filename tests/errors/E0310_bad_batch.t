# args: check
# exit: 1
layer Net(V) { e: f32[V, 4] ~ zeros
  fn (x: <V>[B, S]) -> f32 { mean(e[x, :]) } }
data f = tsv("f.tsv") { x: chars[S] }
train t {
  net = Net(f.x)
  step {
    p = f.batch(8, split = "valid")
    q = f.batch(0)
    r = f.shuffle(8)
    s = f.batches(8)
    log a = net(f.y)
    b = f.batch(8)
    log c = net(b.y), d = net(b.x) per b.x_mask
  }
  eval every 10 over b in f.batches(8) { log l = net(b.x) per b.x }
  eval other every 10 over b in 3 { log k = net(b.x) }
}
# ---
E0310_bad_batch.ordo:7:9: error[E0310]: the split "valid" of this data is empty
  7 |     p = f.batch(8, split = "valid")
    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0310_bad_batch.ordo:3:6: note: give it a fraction of the records here: valid = 0.05
  3 | data f = tsv("f.tsv") { x: chars[S] }
    |      ^

E0310_bad_batch.ordo:8:17: error[E0310]: a batch of 0 examples
  8 |     q = f.batch(0)
    |                 ^

E0310_bad_batch.ordo:9:11: error[E0301]: the data 'f' has no method 'shuffle'
  9 |     r = f.shuffle(8)
    |           ^^^^^^^
    = help: there are batch(64), and after 'over' of an eval batches(64)

E0310_bad_batch.ordo:10:9: error[E0308]: batches(...) stands after 'over' of an eval
  10 |     s = f.batches(8)
     |         ^^^^^^^^^^^^
     = help: eval every 500 over b in f.batches(64) { ... }

E0310_bad_batch.ordo:11:19: error[E0301]: there is no column 'y' in 'f'
  11 |     log a = net(f.y)
     |                   ^
E0310_bad_batch.ordo:3:6: note: the data is declared here
   3 | data f = tsv("f.tsv") { x: chars[S] }
     |      ^
     = help: batches are taken by f.batch(64) or f.batches(64)

E0310_bad_batch.ordo:13:19: error[E0301]: there is no 'y' in a batch
  13 |     log c = net(b.y), d = net(b.x) per b.x_mask
     |                   ^
     = help: there are: x, x_mask

E0310_bad_batch.ordo:13:40: error[E0305]: 'per' belongs to an eval over batches
  13 |     log c = net(b.y), d = net(b.x) per b.x_mask
     |                                        ^^^^^^^^
     = help: eval every 500 over b in data.batches(64) { ... }

E0310_bad_batch.ordo:15:63: error[E0305]: 'per' wants a mask or numbers, not <f.x>[B'2, S'3]
  15 |   eval every 10 over b in f.batches(8) { log l = net(b.x) per b.x }
     |                                                               ^^^

E0310_bad_batch.ordo:16:33: error[E0304]: an eval runs over the batches of a data set
  16 |   eval other every 10 over b in 3 { log k = net(b.x) }
     |                                 ^
     = help: eval every 500 over b in pairs.batches(64, split = "valid") { ... }

9 errors
