# args: train {} -q --ranks 2 --out run
# env: ORDO_RANKS_SILENCE=soon
# exit: 1
train fit {
  steps = 1
  step {
    x[b] = uniform(0, 1) with b in 4
    log mean = mean(x)
  }
}
# ---
error[E0715]: the ranks cannot be reached: ORDO_RANKS_SILENCE is 'soon'
    = help: it says for how many seconds a rank may be silent

1 error
