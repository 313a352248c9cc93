# args: check --json
# exit: 1
fn f(x: f32[N], n: i32) -> f32 { x[n] + sigmiod(x[0]) }
fn g(k: i32) -> f32 { k }
layer L(H) { c: Linear(1, H) }
train t { step { log x = ones(3) } }
# ---
{"code":"E0224","name":"bad_subscript","severity":"error","file":"check_fixes_types.ordo","line":1,"column":36,"end_line":1,"end_column":37,"message":"i32 cannot be a subscript","notes":[],"helps":["index(e, N) makes an index of it, cut into range"],"fixes":[{"help":"index(e, N) makes an index of it, cut into range","file":"check_fixes_types.ordo","line":1,"column":36,"end_line":1,"end_column":37,"text":"index(n, N)"}]}
{"code":"E0201","name":"unknown_name","severity":"error","file":"check_fixes_types.ordo","line":1,"column":41,"end_line":1,"end_column":48,"message":"there is no function 'sigmiod'","notes":[],"helps":["did you mean 'sigmoid'?"],"fixes":[{"help":"did you mean 'sigmoid'?","file":"check_fixes_types.ordo","line":1,"column":41,"end_line":1,"end_column":48,"text":"sigmoid"}]}
{"code":"E0221","name":"result_mismatch","severity":"error","file":"check_fixes_types.ordo","line":2,"column":23,"end_line":2,"end_column":24,"message":"the result is not of the declared type","expected":"f32","got":"i32","notes":[{"severity":"note","file":"check_fixes_types.ordo","line":2,"column":17,"end_line":2,"end_column":20,"message":"declared here"}],"helps":[],"fixes":[]}
{"code":"E0201","name":"unknown_name","severity":"error","file":"check_fixes_types.ordo","line":3,"column":17,"end_line":3,"end_column":23,"message":"there is no layer 'Linear'","notes":[],"helps":["the library has it: import linear"],"fixes":[{"help":"the library has it: import linear","file":"check_fixes_types.ordo","line":1,"column":1,"end_line":1,"end_column":1,"text":"import linear\n\n"}]}
{"code":"E0305","name":"bad_log","severity":"error","file":"check_fixes_types.ordo","line":4,"column":26,"end_line":4,"end_column":33,"message":"'x' is f32[3], not a scalar number","notes":[],"helps":["log x = mean(...)"],"fixes":[{"help":"log x = mean(...)","file":"check_fixes_types.ordo","line":4,"column":26,"end_line":4,"end_column":33,"text":"mean(ones(3))"}]}
