# args: show {} f
# exit: 0
fn f(x: f32[N]) -> f32 {
  sum(x * x)
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
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
	n0	[URL="show_dot.ordo#L1",
		fillcolor="#d3e3f5",
		label=<<b>x</b><br/><font color="#5b6770">f32[N]</font>>,
		tooltip="x: f32[N]
show_dot.ordo:1:6
fn f(x: f32[N]) -> f32 {"];
	n1	[URL="show_dot.ordo#L2",
		fillcolor="#fdf6d0",
		label=<mul<br/><font color="#5b6770">f32[N]</font>>,
		tooltip="mul: f32[N]
show_dot.ordo:2:7
sum(x * x)"];
	n0 -> n1	[key=9,
		tooltip="f32[N]"];
	n2	[URL="show_dot.ordo#L2",
		fillcolor="#f7d9a8",
		label=<sum[0]<br/><font color="#5b6770">f32</font>>,
		tooltip="sum[0]: f32
show_dot.ordo:2:3
sum(x * x)"];
	n1 -> n2	[key=9,
		tooltip="f32[N]"];
	n3	[URL="show_dot.ordo#L2",
		fillcolor="#ffffff",
		label=<result 0<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="result 0: f32
show_dot.ordo:2:3
sum(x * x)"];
	n2 -> n3	[key=9,
		tooltip=f32];
}
