# args: $(cd "$work/in" && "$ORDO" train E0709_seed.ordo --out run -q >/dev/null 2>&1) train {} --seed 99 --out run --resume
# exit: 1
train fit {
  steps = 1
  seed  = 7
  step { log x = uniform(0, 1) }
}
# ---
error[E0709]: run/checkpoint.safetensors: the run cannot go on: another seed is given
    = expected  --seed 7, or none
    = got       --seed 99
    = help: leave the seed out: the checkpoint brings its own, or begin a new run: without --resume, with another --out
    = help: --changed goes on with what is given now

1 error
