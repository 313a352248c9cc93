# args: show {}
# exit: 0
# Equal layers are not drawn as one when ops stand between them.
import linear

fn f(x: f32[B, 4]) -> f32[B, 4] { x }

layer Net {
  block: [2] Linear(4, 4)
  fn (x: f32[B, 4]) -> f32[B, 4] {
    for b in block { x = x + tanh(b(x)) }
    x
  }
}

train net {
  net = Net
  steps = 1
  step {
    x[b, i] = uniform(0, 1) with b in 4, i in 4
    log last = mean(net(x))
  }
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f4b6a6">matrix product</td><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#bfe6e0">random</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
		labelloc=b,
		linelength=0,
		nodesep=0.25,
		rankdir=TB,
		ranksep=0.35
	];
	node [color="#5b6770",
		fontname=Helvetica,
		fontsize=10,
		height=0.2,
		label="\N",
		margin="0.08,0.04",
		shape=box,
		style="rounded,filled"
	];
	edge [arrowsize=0.6,
		color="#5b6770",
		fontname=Helvetica,
		fontsize=8,
		labelangle=-50,
		labeldistance=1.1
	];
	subgraph cluster_1 {
		graph [URL="show_layers_apart.ordo#L19",
			color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>net: Net</b><br/><font color="#5b6770">4 weights, 40</font>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="net
show_layers_apart.ordo:19:21
log last = mean(net(x))"
		];
		subgraph cluster_2 {
			graph [URL="show_layers_apart.ordo#L9",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>block.0: Linear</b><br/><font color="#5b6770">2 weights, 20</font>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.block.0
show_layers_apart.ordo:9:35
for b in block { x = x + tanh(b(x)) }"
			];
			n3	[URL="models/lib/linear.ordo#L22",
				fillcolor="#f4b6a6",
				label=<<b>y</b><br/>dot _ W<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = dot _ W: f32[4, 4]
in net.block.0
models/lib/linear.ordo:22:9
y = x @ W"];
			n4	[URL="models/lib/linear.ordo#L23",
				fillcolor="#fdf6d0",
				label=<<b>y</b><br/>add b<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = add b: f32[4, 4]
in net.block.0
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
		}
		subgraph cluster_3 {
			graph [URL="show_layers_apart.ordo#L9",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>block.1: Linear</b><br/><font color="#5b6770">2 weights, 20</font>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.block.1
show_layers_apart.ordo:9:35
for b in block { x = x + tanh(b(x)) }"
			];
			n7	[URL="models/lib/linear.ordo#L22",
				fillcolor="#f4b6a6",
				label=<<b>y</b><br/>dot _ W<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = dot _ W: f32[4, 4]
in net.block.1
models/lib/linear.ordo:22:9
y = x @ W"];
			n8	[URL="models/lib/linear.ordo#L23",
				fillcolor="#fdf6d0",
				label=<<b>y</b><br/>add b<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = add b: f32[4, 4]
in net.block.1
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
		}
		n5	[URL="show_layers_apart.ordo#L9",
			fillcolor="#fdf6d0",
			label=<tanh<br/><font color="#5b6770">f32[4, 4]</font>>,
			tooltip="tanh: f32[4, 4]
in net
show_layers_apart.ordo:9:30
for b in block { x = x + tanh(b(x)) }"];
		n6	[URL="show_layers_apart.ordo#L9",
			fillcolor="#fdf6d0",
			label=<<b>x</b><br/>add<br/><font color="#5b6770">f32[4, 4]</font>>,
			tooltip="x = add: f32[4, 4]
in net
show_layers_apart.ordo:9:26
for b in block { x = x + tanh(b(x)) }"];
		n9	[URL="show_layers_apart.ordo#L9",
			fillcolor="#fdf6d0",
			label=<tanh<br/><font color="#5b6770">f32[4, 4]</font>>,
			tooltip="tanh: f32[4, 4]
in net
show_layers_apart.ordo:9:30
for b in block { x = x + tanh(b(x)) }"];
		n10	[URL="show_layers_apart.ordo#L9",
			fillcolor="#fdf6d0",
			label=<<b>x</b><br/>add<br/><font color="#5b6770">f32[4, 4]</font>>,
			tooltip="x = add: f32[4, 4]
in net
show_layers_apart.ordo:9:26
for b in block { x = x + tanh(b(x)) }"];
	}
	n0	[URL="show_layers_apart.ordo#L18",
		fillcolor="#d3e3f5",
		label=<<b>key</b><br/><font color="#5b6770">key</font>>,
		tooltip="key: key
show_layers_apart.ordo:18:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n1	[URL="show_layers_apart.ordo#L18",
		fillcolor="#bfe6e0",
		label=<random<br/><font color="#5b6770">i32[4, 4]</font>>,
		tooltip="random: i32[4, 4]
show_layers_apart.ordo:18:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n0 -> n1	[key=9,
		tooltip=key];
	n2	[URL="show_layers_apart.ordo#L18",
		fillcolor="#fdf6d0",
		label=<<b>x</b><br/>unit<br/><font color="#5b6770">f32[4, 4]</font>>,
		tooltip="x = unit: f32[4, 4]
show_layers_apart.ordo:18:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n1 -> n2	[key=9,
		tooltip="i32[4, 4]"];
	n2 -> n3	[key=9,
		tooltip="f32[4, 4]"];
	n2 -> n6	[key=9,
		tooltip="f32[4, 4]"];
	n3 -> n4	[key=9,
		tooltip="f32[4, 4]"];
	n4 -> n5	[key=9,
		tooltip="f32[4, 4]"];
	n5 -> n6	[key=9,
		tooltip="f32[4, 4]"];
	n6 -> n7	[key=9,
		tooltip="f32[4, 4]"];
	n6 -> n10	[key=9,
		tooltip="f32[4, 4]"];
	n7 -> n8	[key=9,
		tooltip="f32[4, 4]"];
	n8 -> n9	[key=9,
		tooltip="f32[4, 4]"];
	n9 -> n10	[key=9,
		tooltip="f32[4, 4]"];
	n11	[URL="show_layers_apart.ordo#L19",
		fillcolor="#f7d9a8",
		label=<sum[0,1]<br/><font color="#5b6770">f32</font>>,
		tooltip="sum[0,1]: f32
show_layers_apart.ordo:19:16
log last = mean(net(x))"];
	n10 -> n11	[key=9,
		tooltip="f32[4, 4]"];
	n12	[URL="show_layers_apart.ordo#L19",
		fillcolor="#fdf6d0",
		label=<div _ 16<br/><font color="#5b6770">f32</font>>,
		tooltip="div _ 16: f32
show_layers_apart.ordo:19:16
log last = mean(net(x))"];
	n11 -> n12	[key=9,
		tooltip=f32];
	n13	[URL="show_layers_apart.ordo#L19",
		fillcolor="#ffffff",
		label=<last<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="last: f32
show_layers_apart.ordo:19:16
log last = mean(net(x))"];
	n12 -> n13	[key=9,
		tooltip=f32];
}
