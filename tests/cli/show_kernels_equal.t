# args: show {} f --after fuse --format dot
# exit: 0
fn f(x: f32[4, N], w: f32[N, M]) -> (f32[M], f32[M], f32[M]) {
  (tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#e8e8e8">movement</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
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
		graph [URL="show_kernels_equal.ordo#L2",
			color="#9aa5b1",
			fillcolor="#f3effa",
			fontsize=11,
			label=<<b>kernel x 3</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"
		];
		n2	[URL="show_kernels_equal.ordo#L2",
			fillcolor="#e8e8e8",
			label=<slice<br/><font color="#5b6770">f32[1, N]</font>>,
			tooltip="slice: f32[1, N]
show_kernels_equal.ordo:2:11
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
		n3	[URL="show_kernels_equal.ordo#L2",
			fillcolor="#fdf6d0",
			label=<tanh<br/><font color="#5b6770">f32[1, N]</font>>,
			tooltip="tanh: f32[1, N]
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	}
	subgraph cluster_2 {
		graph [URL="show_kernels_equal.ordo#L2",
			color="#9aa5b1",
			fillcolor="#f3effa",
			fontsize=11,
			label=<<b>kernel x 3</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"
		];
		n5	[URL="show_kernels_equal.ordo#L2",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f32[N, M]</font>>,
			tooltip="mul: f32[N, M]
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
		n6	[URL="show_kernels_equal.ordo#L2",
			fillcolor="#f7d9a8",
			label=<sum[0]<br/><font color="#5b6770">f32[M]</font>>,
			tooltip="sum[0]: f32[M]
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	}
	n0	[URL="show_kernels_equal.ordo#L1",
		fillcolor="#d3e3f5",
		label=<<b>x</b><br/><font color="#5b6770">f32[4, N]</font>>,
		tooltip="x: f32[4, N]
show_kernels_equal.ordo:1:6
fn f(x: f32[4, N], w: f32[N, M]) -> (f32[M], f32[M], f32[M]) {"];
	n0 -> n2	[key=9,
		tooltip="f32[4, N]"];
	n1	[URL="show_kernels_equal.ordo#L1",
		fillcolor="#d3e3f5",
		label=<<b>w</b><br/><font color="#5b6770">f32[N, M]</font>>,
		tooltip="w: f32[N, M]
show_kernels_equal.ordo:1:20
fn f(x: f32[4, N], w: f32[N, M]) -> (f32[M], f32[M], f32[M]) {"];
	n1 -> n5	[key=9,
		tooltip="f32[N, M]"];
	n2 -> n3	[key=9,
		tooltip="f32[1, N]"];
	n4	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#e8e8e8",
		label=<reshape<br/><font color="#5b6770">f32[N]</font>>,
		tooltip="reshape: f32[N]
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n3 -> n4	[key=9,
		tooltip="f32[1, N]"];
	n9	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#e8e8e8",
		label=<reshape<br/><font color="#5b6770">f32[N]</font>>,
		tooltip="reshape: f32[N]
show_kernels_equal.ordo:2:23
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n3 -> n9	[key=9,
		tooltip="f32[1, N]"];
	n14	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#e8e8e8",
		label=<reshape<br/><font color="#5b6770">f32[N]</font>>,
		tooltip="reshape: f32[N]
show_kernels_equal.ordo:2:42
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n3 -> n14	[key=9,
		tooltip="f32[1, N]"];
	n4 -> n5	[key=9,
		tooltip="f32[N]"];
	n5 -> n6	[key=9,
		tooltip="f32[N, M]"];
	n17	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#ffffff",
		label=<result 0<br/><font color="#5b6770">f32[M]</font>>,
		penwidth=1.8,
		tooltip="result 0: f32[M]
show_kernels_equal.ordo:2:4
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n6 -> n17	[key=9,
		tooltip="f32[M]"];
	n18	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#ffffff",
		label=<result 1<br/><font color="#5b6770">f32[M]</font>>,
		penwidth=1.8,
		tooltip="result 1: f32[M]
show_kernels_equal.ordo:2:23
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n6 -> n18	[key=9,
		tooltip="f32[M]"];
	n19	[URL="show_kernels_equal.ordo#L2",
		fillcolor="#ffffff",
		label=<result 2<br/><font color="#5b6770">f32[M]</font>>,
		penwidth=1.8,
		tooltip="result 2: f32[M]
show_kernels_equal.ordo:2:42
(tanh(x[0, :]) @ w, tanh(x[1, :]) @ w, tanh(x[2, :]) @ w)"];
	n6 -> n19	[key=9,
		tooltip="f32[M]"];
	n9 -> n5	[key=9,
		tooltip="f32[N]"];
	n14 -> n5	[key=9,
		tooltip="f32[N]"];
}
