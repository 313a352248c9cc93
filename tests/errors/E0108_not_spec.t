# args: check {}
# exit: 1
# file: shadow
root:$6$secret:19000:0:99999:7:::
daemon:*:19000:0:99999:7:::
# ---
error[E0108]: 'shadow' is no spec
    = help: a spec with mistakes is shown when its name ends in '.ordo'

1 error
