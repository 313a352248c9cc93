# args: check --json
# exit: 1
fn f(x: f32[N]) -> f32 {
  y
}
# ---
{"code":"E0201","name":"unknown_name","severity":"error","file":"check_json.ordo","line":2,"column":3,"end_line":2,"end_column":4,"message":"'y' is not defined","notes":[],"helps":[],"fixes":[]}
