# args: plot a --metric=los
# exit: 1
# +++ a/metrics.jsonl
{"step": 10, "section": "train", "loss": 2.5, "norm": 1}
{"step": 20, "section": "valid", "loss": 2.5}
# ---
error[E0808]: no run has the metric 'los'
    = help: there are: train.loss, train.norm, valid.loss

1 error
