# args: diff {} new.ordo --format dot
# exit: 1
fn f(x: f32[N]) -> f32[N] { exp(x) * 2 }
# +++ new.ordo
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f7e3a1">changed</td><td bgcolor="#bfe3b4">added</td></tr></table>>,
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
		graph [color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>diff_dot.ordo</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip=""
		];
		n0	[URL="diff_dot.ordo#L1",
			fillcolor="#ffffff",
			label=<<b>x</b><br/><font color="#5b6770">f32[N]</font>>,
			tooltip="x: f32[N]
diff_dot.ordo:1:6
fn f(x: f32[N]) -> f32[N] { exp(x) * 2 }"];
		n1	[URL="diff_dot.ordo#L1",
			fillcolor="#ffffff",
			label=<exp<br/><font color="#5b6770">f32[N]</font>>,
			tooltip="exp: f32[N]
diff_dot.ordo:1:29
fn f(x: f32[N]) -> f32[N] { exp(x) * 2 }"];
		n2	[URL="diff_dot.ordo#L1",
			fillcolor="#f7e3a1",
			label=<mul 2<br/><font color="#5b6770">f32[N]</font>>,
			tooltip="mul 2: f32[N]
diff_dot.ordo:1:29
fn f(x: f32[N]) -> f32[N] { exp(x) * 2 }"];
		n3	[URL="diff_dot.ordo#L1",
			fillcolor="#f7e3a1",
			label=<result 0<br/><font color="#5b6770">f32[N]</font>>,
			penwidth=1.8,
			tooltip="result 0: f32[N]
diff_dot.ordo:1:29
fn f(x: f32[N]) -> f32[N] { exp(x) * 2 }"];
	}
	subgraph cluster_2 {
		graph [color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>new.ordo</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip=""
		];
		n4	[URL="new.ordo#L1",
			fillcolor="#ffffff",
			label=<<b>x</b><br/><font color="#5b6770">f32[N]</font>>,
			tooltip="x: f32[N]
new.ordo:1:6
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }"];
		n5	[URL="new.ordo#L1",
			fillcolor="#ffffff",
			label=<exp<br/><font color="#5b6770">f32[N]</font>>,
			tooltip="exp: f32[N]
new.ordo:1:34
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }"];
		n6	[URL="new.ordo#L1",
			fillcolor="#f7e3a1",
			label=<mul 3<br/><font color="#5b6770">f32[N]</font>>,
			tooltip="mul 3: f32[N]
new.ordo:1:34
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }"];
		n7	[URL="new.ordo#L1",
			fillcolor="#bfe3b4",
			label=<tanh<br/><font color="#5b6770">f32[N]</font>>,
			tooltip="tanh: f32[N]
new.ordo:1:29
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }"];
		n8	[URL="new.ordo#L1",
			fillcolor="#bfe3b4",
			label=<result 0<br/><font color="#5b6770">f32[N]</font>>,
			penwidth=1.8,
			tooltip="result 0: f32[N]
new.ordo:1:29
fn f(x: f32[N]) -> f32[N] { tanh(exp(x) * 3) }"];
	}
	n0 -> n1	[key=9,
		tooltip="f32[N]"];
	n1 -> n2	[key=9,
		tooltip="f32[N]"];
	n2 -> n3	[key=9,
		tooltip="f32[N]"];
	n4 -> n5	[key=9,
		tooltip="f32[N]"];
	n5 -> n6	[key=9,
		tooltip="f32[N]"];
	n6 -> n7	[key=9,
		tooltip="f32[N]"];
	n7 -> n8	[key=9,
		tooltip="f32[N]"];
}
