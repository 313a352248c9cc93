# args: show {}
# exit: 0
import linear
import optimizers

layer Block(D) {
  a: Linear(D, D)
  fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }
}

layer Net(D) {
  first: Linear(2, D)
  block: [3] Block(D)
  scale: f32[D] ~ ones

  fn loss(x: f32[B, 2], y: f32[B]) -> f32 {
    h = relu(first(x))
    for b in block { h = b(h) }
    z[b] = sum[d](h[b, d] * scale[d])
    mean((z - y) ** 2)
  }
}

train net {
  net   = Net(8)
  steps = 10
  best: f32 ~ full(9)

  step {
    x[b, i] = uniform(0, 1) with b in 4, i in 2
    y[b] = x[b, 0] - x[b, 1]
    loss = net.loss(x, y)
    best = min(best, loss)
    minimize loss over net with adam(lr = 0.1)
    log loss
  }
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f4b6a6">matrix product</td><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#e8e8e8">movement</td><td bgcolor="#bfe6e0">random</td><td bgcolor="#ddd5cb">group of ops</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
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
		graph [URL="show_step.ordo#L30",
			color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>net: Net.loss</b><br/><font color="#5b6770">9 weights, 248</font>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="net
show_step.ordo:30:12
loss = net.loss(x, y)"
		];
		subgraph cluster_2 {
			graph [URL="show_step.ordo#L15",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>first: Linear</b><br/><font color="#5b6770">2 weights, 24</font>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.first
show_step.ordo:15:14
h = relu(first(x))"
			];
			n9	[URL="models/lib/linear.ordo#L22",
				fillcolor="#f4b6a6",
				label=<<b>y</b><br/>dot _ W<br/><font color="#5b6770">f32[4, 8]</font>>,
				tooltip="y = dot _ W: f32[4, 8]
in net.first
models/lib/linear.ordo:22:9
y = x @ W"];
			n10	[URL="models/lib/linear.ordo#L23",
				fillcolor="#fdf6d0",
				label=<<b>y</b><br/>add b<br/><font color="#5b6770">f32[4, 8]</font>>,
				tooltip="y = add b: f32[4, 8]
in net.first
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
		}
		subgraph cluster_3 {
			graph [URL="show_step.ordo#L16",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>block x 3: Block</b><br/><font color="#5b6770">2 weights, 72 each</font>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.block.0
show_step.ordo:16:26
for b in block { h = b(h) }"
			];
			subgraph cluster_4 {
				graph [URL="show_step.ordo#L6",
					color="#9aa5b1",
					fillcolor="#f5f5f0",
					fontsize=11,
					label=<<b>a: Linear</b><br/><font color="#5b6770">2 weights, 72</font>>,
					labeljust=l,
					style="rounded,filled",
					tooltip="net.block.0.a
show_step.ordo:6:45
fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }"
				];
				n13	[URL="models/lib/linear.ordo#L22",
					fillcolor="#f4b6a6",
					label=<<b>y</b><br/>dot _ W<br/><font color="#5b6770">f32[4, 8]</font>>,
					tooltip="y = dot _ W: f32[4, 8]
in net.block.0.a
models/lib/linear.ordo:22:9
y = x @ W"];
				n14	[URL="models/lib/linear.ordo#L23",
					fillcolor="#fdf6d0",
					label=<<b>y</b><br/>add b<br/><font color="#5b6770">f32[4, 8]</font>>,
					tooltip="y = add b: f32[4, 8]
in net.block.0.a
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
			}
			n15	[URL="show_step.ordo#L6",
				fillcolor="#fdf6d0",
				label=<tanh<br/><font color="#5b6770">f32[4, 8]</font>>,
				tooltip="tanh: f32[4, 8]
in net.block.0
show_step.ordo:6:40
fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }"];
			n16	[URL="show_step.ordo#L6",
				fillcolor="#fdf6d0",
				label=<add<br/><font color="#5b6770">f32[4, 8]</font>>,
				tooltip="add: f32[4, 8]
in net.block.0
show_step.ordo:6:36
fn (x: f32[B, D]) -> f32[B, D] { x + tanh(a(x)) }"];
		}
		n11	[URL="show_step.ordo#L15",
			fillcolor="#fdf6d0",
			label=<le _ 0<br/><font color="#5b6770">bool[4, 8]</font>>,
			tooltip="le _ 0: bool[4, 8]
in net
show_step.ordo:15:9
h = relu(first(x))"];
		n12	[URL="show_step.ordo#L15",
			fillcolor="#fdf6d0",
			label=<<b>h</b><br/>where _ 0 _<br/><font color="#5b6770">f32[4, 8]</font>>,
			tooltip="h = where _ 0 _: f32[4, 8]
in net
show_step.ordo:15:9
h = relu(first(x))"];
		n25	[URL="show_step.ordo#L17",
			fillcolor="#fdf6d0",
			label=<mul scale<br/><font color="#5b6770">f32[4, 8]</font>>,
			tooltip="mul scale: f32[4, 8]
in net
show_step.ordo:17:19
z[b] = sum[d](h[b, d] * scale[d])"];
		n26	[URL="show_step.ordo#L17",
			fillcolor="#f7d9a8",
			label=<<b>z</b><br/>sum[1]<br/><font color="#5b6770">f32[4]</font>>,
			tooltip="z = sum[1]: f32[4]
in net
show_step.ordo:17:12
z[b] = sum[d](h[b, d] * scale[d])"];
		n27	[URL="show_step.ordo#L18",
			fillcolor="#fdf6d0",
			label=<sub<br/><font color="#5b6770">f32[4]</font>>,
			tooltip="sub: f32[4]
in net
show_step.ordo:18:10
mean((z - y) ** 2)"];
		n28	[URL="show_step.ordo#L18",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f32[4]</font>>,
			tooltip="mul: f32[4]
in net
show_step.ordo:18:10
mean((z - y) ** 2)"];
		n29	[URL="show_step.ordo#L18",
			fillcolor="#f7d9a8",
			label=<sum[0]<br/><font color="#5b6770">f32</font>>,
			tooltip="sum[0]: f32
in net
show_step.ordo:18:5
mean((z - y) ** 2)"];
		n30	[URL="show_step.ordo#L18",
			fillcolor="#fdf6d0",
			label=<div _ 4<br/><font color="#5b6770">f32</font>>,
			tooltip="div _ 4: f32
in net
show_step.ordo:18:5
mean((z - y) ** 2)"];
	}
	n0	[fillcolor="#d3e3f5",
		label=<<b>best</b><br/><font color="#5b6770">f32</font>>,
		tooltip="best: f32"];
	n31	[URL="show_step.ordo#L31",
		fillcolor="#fdf6d0",
		label=<<b>best</b><br/>min<br/><font color="#5b6770">f32</font>>,
		tooltip="best = min: f32
show_step.ordo:31:12
best = min(best, loss)"];
	n0 -> n31	[key=9,
		tooltip=f32];
	n1	[URL="show_step.ordo#L28",
		fillcolor="#d3e3f5",
		label=<<b>key</b><br/><font color="#5b6770">key</font>>,
		tooltip="key: key
show_step.ordo:28:15
x[b, i] = uniform(0, 1) with b in 4, i in 2"];
	n2	[URL="show_step.ordo#L28",
		fillcolor="#bfe6e0",
		label=<random<br/><font color="#5b6770">i32[4, 2]</font>>,
		tooltip="random: i32[4, 2]
show_step.ordo:28:15
x[b, i] = uniform(0, 1) with b in 4, i in 2"];
	n1 -> n2	[key=9,
		tooltip=key];
	n3	[URL="show_step.ordo#L28",
		fillcolor="#fdf6d0",
		label=<<b>x</b><br/>unit<br/><font color="#5b6770">f32[4, 2]</font>>,
		tooltip="x = unit: f32[4, 2]
show_step.ordo:28:15
x[b, i] = uniform(0, 1) with b in 4, i in 2"];
	n2 -> n3	[key=9,
		tooltip="i32[4, 2]"];
	n4	[URL="show_step.ordo#L29",
		fillcolor="#e8e8e8",
		label=<slice<br/><font color="#5b6770">f32[4, 1]</font>>,
		tooltip="slice: f32[4, 1]
show_step.ordo:29:17
y[b] = x[b, 0] - x[b, 1]"];
	n3 -> n4	[key=9,
		tooltip="f32[4, 2]"];
	n6	[URL="show_step.ordo#L29",
		fillcolor="#e8e8e8",
		label=<slice<br/><font color="#5b6770">f32[4, 1]</font>>,
		tooltip="slice: f32[4, 1]
show_step.ordo:29:27
y[b] = x[b, 0] - x[b, 1]"];
	n3 -> n6	[key=9,
		tooltip="f32[4, 2]"];
	n3 -> n9	[key=9,
		tooltip="f32[4, 2]"];
	n5	[URL="show_step.ordo#L29",
		fillcolor="#e8e8e8",
		label=<reshape<br/><font color="#5b6770">f32[4]</font>>,
		tooltip="reshape: f32[4]
show_step.ordo:29:17
y[b] = x[b, 0] - x[b, 1]"];
	n4 -> n5	[key=9,
		tooltip="f32[4, 1]"];
	n8	[URL="show_step.ordo#L29",
		fillcolor="#fdf6d0",
		label=<<b>y</b><br/>sub<br/><font color="#5b6770">f32[4]</font>>,
		tooltip="y = sub: f32[4]
show_step.ordo:29:12
y[b] = x[b, 0] - x[b, 1]"];
	n5 -> n8	[key=0,
		headlabel=a,
		tooltip="f32[4]"];
	n7	[URL="show_step.ordo#L29",
		fillcolor="#e8e8e8",
		label=<reshape<br/><font color="#5b6770">f32[4]</font>>,
		tooltip="reshape: f32[4]
show_step.ordo:29:27
y[b] = x[b, 0] - x[b, 1]"];
	n6 -> n7	[key=9,
		tooltip="f32[4, 1]"];
	n7 -> n8	[key=1,
		headlabel=b,
		tooltip="f32[4]"];
	n8 -> n27	[key=1,
		headlabel=b,
		tooltip="f32[4]"];
	n9 -> n10	[key=9,
		tooltip="f32[4, 8]"];
	n10 -> n11	[key=9,
		tooltip="f32[4, 8]"];
	n10 -> n12	[key=2,
		headlabel=c,
		tooltip="f32[4, 8]"];
	n11 -> n12	[key=0,
		headlabel=a,
		tooltip="bool[4, 8]"];
	n12 -> n13	[key=9,
		tooltip="f32[4, 8]"];
	n12 -> n16	[key=9,
		tooltip="f32[4, 8]"];
	n13 -> n14	[key=9,
		tooltip="f32[4, 8]"];
	n14 -> n15	[key=9,
		tooltip="f32[4, 8]"];
	n15 -> n16	[key=9,
		tooltip="f32[4, 8]"];
	n16 -> n13	[key="9b",
		constraint=false,
		style=dashed,
		tooltip="f32[4, 8]"];
	n16 -> n25	[key=9,
		tooltip="f32[4, 8]"];
	n25 -> n26	[key=9,
		tooltip="f32[4, 8]"];
	n26 -> n27	[key=0,
		headlabel=a,
		tooltip="f32[4]"];
	n27 -> n28	[key=9,
		tooltip="f32[4]"];
	n28 -> n29	[key=9,
		tooltip="f32[4]"];
	n29 -> n30	[key=9,
		tooltip=f32];
	n30 -> n31	[key=9,
		tooltip=f32];
	n32	[URL="show_step.ordo#L32",
		fillcolor="#ddd5cb",
		label=<grad 9 weights<br/><font color="#5b6770">9 values</font>>,
		tooltip="grad 9 weights: 9 values
show_step.ordo:32:5
minimize loss over net with adam(lr = 0.1)"];
	n30 -> n32	[key=9,
		tooltip=f32];
	n378	[URL="show_step.ordo#L30",
		fillcolor="#ffffff",
		label=<loss<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="loss: f32
show_step.ordo:30:12
loss = net.loss(x, y)"];
	n30 -> n378	[key=9,
		tooltip=f32];
	n377	[URL="show_step.ordo#L31",
		fillcolor="#ffffff",
		label=<best<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="best: f32
show_step.ordo:31:12
best = min(best, loss)"];
	n31 -> n377	[key=9,
		tooltip=f32];
	n33	[URL="show_step.ordo#L32",
		fillcolor="#ddd5cb",
		label=<<b>adam over net</b><br/><font color="#5b6770">9 weights, 248</font>>,
		shape=box3d,
		tooltip="adam over net
show_step.ordo:32:5
minimize loss over net with adam(lr = 0.1)"];
	n32 -> n33	[key=9,
		tooltip="(f32[2, 8], f32[8], f32[8, 8], f32[8], f32[8, 8], f32[8], f32[8, 8], f32[8], f32[8])"];
}
