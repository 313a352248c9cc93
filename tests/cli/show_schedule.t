# args: show {} --format dot
# exit: 0
import optimizers

layer Net() {
  w: f32[2] ~ ones
  fn loss(x: f32[2]) -> f32 { sum((x * w - 1) ** 2) }
}

train net {
  net   = Net()
  steps = 10

  step {
    x[i] = uniform(0, 1) with i in 2
    loss = net.loss(x)
    minimize loss over net with sgd(lr = cosine(step, 0.1, 2, 10))
    log loss
  }
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#bfe6e0">random</td><td bgcolor="#ddd5cb">group of ops</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
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
		graph [URL="show_schedule.ordo#L14",
			color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>net: Net.loss</b><br/><font color="#5b6770">1 weight, 2</font>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="net
show_schedule.ordo:14:12
loss = net.loss(x)"
		];
		n4	[URL="show_schedule.ordo#L5",
			fillcolor="#fdf6d0",
			label=<mul w<br/><font color="#5b6770">f32[2]</font>>,
			tooltip="mul w: f32[2]
in net
show_schedule.ordo:5:36
fn loss(x: f32[2]) -> f32 { sum((x * w - 1) ** 2) }"];
		n5	[URL="show_schedule.ordo#L5",
			fillcolor="#fdf6d0",
			label=<sub _ 1<br/><font color="#5b6770">f32[2]</font>>,
			tooltip="sub _ 1: f32[2]
in net
show_schedule.ordo:5:35
fn loss(x: f32[2]) -> f32 { sum((x * w - 1) ** 2) }"];
		n6	[URL="show_schedule.ordo#L5",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f32[2]</font>>,
			tooltip="mul: f32[2]
in net
show_schedule.ordo:5:35
fn loss(x: f32[2]) -> f32 { sum((x * w - 1) ** 2) }"];
		n7	[URL="show_schedule.ordo#L5",
			fillcolor="#f7d9a8",
			label=<sum[0]<br/><font color="#5b6770">f32</font>>,
			tooltip="sum[0]: f32
in net
show_schedule.ordo:5:31
fn loss(x: f32[2]) -> f32 { sum((x * w - 1) ** 2) }"];
	}
	n0	[fillcolor="#d3e3f5",
		label=<<b>step</b><br/><font color="#5b6770">f32</font>>,
		tooltip="step: f32"];
	n8	[URL="show_schedule.ordo#L15",
		fillcolor="#ddd5cb",
		label=<<b>cosine</b><br/>4 mul, 3 add, 3 sub, 3 max, 2 div, cos, ...<br/><font color="#5b6770">f32</font>>,
		shape=box3d,
		tooltip="cosine
show_schedule.ordo:15:42
minimize loss over net with sgd(lr = cosine(step, 0.1, 2, 10))"];
	n0 -> n8	[key=9,
		tooltip=f32];
	n1	[URL="show_schedule.ordo#L13",
		fillcolor="#d3e3f5",
		label=<<b>key</b><br/><font color="#5b6770">key</font>>,
		tooltip="key: key
show_schedule.ordo:13:12
x[i] = uniform(0, 1) with i in 2"];
	n2	[URL="show_schedule.ordo#L13",
		fillcolor="#bfe6e0",
		label=<random<br/><font color="#5b6770">i32[2]</font>>,
		tooltip="random: i32[2]
show_schedule.ordo:13:12
x[i] = uniform(0, 1) with i in 2"];
	n1 -> n2	[key=9,
		tooltip=key];
	n3	[URL="show_schedule.ordo#L13",
		fillcolor="#fdf6d0",
		label=<<b>x</b><br/>unit<br/><font color="#5b6770">f32[2]</font>>,
		tooltip="x = unit: f32[2]
show_schedule.ordo:13:12
x[i] = uniform(0, 1) with i in 2"];
	n2 -> n3	[key=9,
		tooltip="i32[2]"];
	n3 -> n4	[key=9,
		tooltip="f32[2]"];
	n4 -> n5	[key=9,
		tooltip="f32[2]"];
	n5 -> n6	[key=9,
		tooltip="f32[2]"];
	n6 -> n7	[key=9,
		tooltip="f32[2]"];
	n27	[URL="show_schedule.ordo#L15",
		fillcolor="#ddd5cb",
		label=<grad _ net.w<br/><font color="#5b6770">(f32[2])</font>>,
		tooltip="grad _ net.w: (f32[2])
show_schedule.ordo:15:5
minimize loss over net with sgd(lr = cosine(step, 0.1, 2, 10))"];
	n7 -> n27	[key=9,
		tooltip=f32];
	n56	[URL="show_schedule.ordo#L14",
		fillcolor="#ffffff",
		label=<loss<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="loss: f32
show_schedule.ordo:14:12
loss = net.loss(x)"];
	n7 -> n56	[key=9,
		tooltip=f32];
	n28	[URL="show_schedule.ordo#L15",
		fillcolor="#ddd5cb",
		label=<<b>sgd over net</b><br/><font color="#5b6770">1 weight, 2</font>>,
		shape=box3d,
		tooltip="sgd over net
show_schedule.ordo:15:5
minimize loss over net with sgd(lr = cosine(step, 0.1, 2, 10))"];
	n8 -> n28	[key=9,
		tooltip=f32];
	n27 -> n28	[key=9,
		tooltip="(f32[2])"];
}
