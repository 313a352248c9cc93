# args: plot {} -o a.gif
# exit: 2
# file: a.csv
step,loss
1,2
# ---
error[E0003]: 'gif' is no format of curves
    = help: svg, png or pdf

1 error
