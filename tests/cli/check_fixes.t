# args: check --json
# exit: 1
# Helps that can be applied as they are say what to write where.
fn f(x: f32[N], n: i32) -> f32 {
  y = squareroot(x) && true
  let z = sqr(x)
  w = x[n]
  if z = 1 { }
  return W
}
layer L(H) { W: f32[H] = zeros; c: Linear(1, H) }
train t { step { log x = ones(3); y = 'a' } }
# ---
{"code":"E0106","name":"foreign_operator","severity":"error","file":"check_fixes.ordo","line":3,"column":21,"end_line":3,"end_column":23,"message":"'&&' is not an operator of Ordo","notes":[],"helps":["write 'and'"],"fixes":[{"help":"write 'and'","file":"check_fixes.ordo","line":3,"column":21,"end_line":3,"end_column":23,"text":"and"}]}
{"code":"E0107","name":"foreign_word","severity":"error","file":"check_fixes.ordo","line":4,"column":3,"end_line":4,"end_column":6,"message":"'let' is not a word of Ordo","notes":[],"helps":["a name gets its value with = alone: x = ..."],"fixes":[{"help":"a name gets its value with = alone: x = ...","file":"check_fixes.ordo","line":4,"column":3,"end_line":4,"end_column":7,"text":""}]}
{"code":"E0114","name":"assign_in_expression","severity":"error","file":"check_fixes.ordo","line":6,"column":8,"end_line":6,"end_column":9,"message":"'=' gives a value; this is a condition","notes":[],"helps":["equality is written =="],"fixes":[{"help":"equality is written ==","file":"check_fixes.ordo","line":6,"column":8,"end_line":6,"end_column":9,"text":"=="}]}
{"code":"E0107","name":"foreign_word","severity":"error","file":"check_fixes.ordo","line":7,"column":3,"end_line":7,"end_column":9,"message":"'return' is not a word of Ordo","notes":[],"helps":["the last expression of a function is its result: write it alone"],"fixes":[{"help":"the last expression of a function is its result: write it alone","file":"check_fixes.ordo","line":7,"column":3,"end_line":7,"end_column":10,"text":""}]}
{"code":"E0127","name":"weight_init","severity":"error","file":"check_fixes.ordo","line":9,"column":24,"end_line":9,"end_column":25,"message":"the weight 'W' has no initialiser","expected":"'~' and how its first value is drawn: ~ glorot_uniform, ~ normal(0.1), ~ zeros","notes":[],"helps":["write '~' instead of '='"],"fixes":[{"help":"write '~' instead of '='","file":"check_fixes.ordo","line":9,"column":24,"end_line":9,"end_column":25,"text":"~"}]}
{"code":"E0101","name":"bad_character","severity":"error","file":"check_fixes.ordo","line":10,"column":39,"end_line":10,"end_column":42,"message":"a string stands in double quotes","notes":[],"helps":["write \"a\""],"fixes":[{"help":"write \"a\"","file":"check_fixes.ordo","line":10,"column":39,"end_line":10,"end_column":42,"text":"\"a\""}]}
