# args: $(cd "$work/in" && mkdir run && { (flock 9; echo "process 42 on example" >&9; sleep 3) 9>run/lock >/dev/null 2>&1 & sleep 0.5; }) train {} --out run
# exit: 1
train fit {
  steps = 1
  step { log x = 1.0 }
}
# ---
error[E0708]: another run is writing to 'run'
    = got       process 42 on example
    = help: wait for its end, or name another folder with --out

1 error
