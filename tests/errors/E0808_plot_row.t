# args: plot a.csv
# exit: 1
# +++ a.csv
step,loss
1,2
2;3
# ---
error[E0808]: a.csv:3: this line is no row of numbers

1 error
