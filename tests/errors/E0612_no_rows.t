# args: train {} -q --ranks 2 --out run
# exit: 1
train fit {
  steps = 2
  count: f32 ~ zeros
  step {
    count = count + 1
    log count
  }
}
# ---
error[E0612]: the batch of 'fit.step' cannot be cut for several ranks
    = expected  data, or random numbers, with an axis of a known extent in front

1 error
