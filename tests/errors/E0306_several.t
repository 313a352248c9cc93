# args: train
# exit: 1
train a { step { log l = 1 } }
train b { step { log l = 1 } }
# ---
error[E0306]: there are several training programs: name one
    = help: there are: a, b

1 error
