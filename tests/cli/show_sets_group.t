# args: show {} main --sets --collapse part --collapse whole
# exit: 0
# A box that stands for several ops has the weakest fact of what leaves it: h moves along with the set.
fn part(x: f32[B, {N}]) -> (f32[B, {N}], f32[B]) {
  h[b, n] = x[b, n] - mean[n](x[b, n])
  s[b] = sum[n](h[b, n])
  (h, s)
}

fn whole(x: f32[B, {N}]) -> f32[B] {
  s[b] = sum[n](x[b, n])
  (2 * s)
}

fn main(x: f32[B, {N}]) -> (f32[B, {N}], f32[B], f32[B]) {
  (h, s) = part(x)
  (h, s, whole(x))
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#b9d7f2">equivariant</td><td bgcolor="#cfe8c6">invariant</td></tr></table>>,
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
	n0	[URL="show_sets_group.ordo#L13",
		fillcolor="#b9d7f2",
		label=<<b>x</b><br/><font color="#5b6770">f32[B, N]</font>>,
		tooltip="x: f32[B, N]
show_sets_group.ordo:13:9
fn main(x: f32[B, {N}]) -> (f32[B, {N}], f32[B], f32[B]) {"];
	n1	[URL="show_sets_group.ordo#L14",
		fillcolor="#b9d7f2",
		label=<<b>part</b><br/>2 sum, sub, div<br/><font color="#5b6770">f32[B, N], f32[B]</font>>,
		shape=box3d,
		tooltip="part
show_sets_group.ordo:14:12
(h, s) = part(x)"];
	n0 -> n1	[key=9,
		tooltip="f32[B, N]"];
	n5	[URL="show_sets_group.ordo#L15",
		fillcolor="#cfe8c6",
		label=<<b>whole</b><br/>mul, sum<br/><font color="#5b6770">f32[B]</font>>,
		shape=box3d,
		tooltip="whole
show_sets_group.ordo:15:10
(h, s, whole(x))"];
	n0 -> n5	[key=9,
		tooltip="f32[B, N]"];
	n7	[URL="show_sets_group.ordo#L14",
		fillcolor="#b9d7f2",
		label=<h<br/><font color="#5b6770">f32[B, N]</font>>,
		penwidth=1.8,
		tooltip="h: f32[B, N]
show_sets_group.ordo:14:12
(h, s) = part(x)"];
	n1 -> n7	[key=9,
		tooltip="f32[B, N]"];
	n8	[URL="show_sets_group.ordo#L14",
		fillcolor="#cfe8c6",
		label=<s<br/><font color="#5b6770">f32[B]</font>>,
		penwidth=1.8,
		tooltip="s: f32[B]
show_sets_group.ordo:14:12
(h, s) = part(x)"];
	n1 -> n8	[key=9,
		tooltip="f32[B]"];
	n9	[URL="show_sets_group.ordo#L15",
		fillcolor="#cfe8c6",
		label=<result 2<br/><font color="#5b6770">f32[B]</font>>,
		penwidth=1.8,
		tooltip="result 2: f32[B]
show_sets_group.ordo:15:10
(h, s, whole(x))"];
	n5 -> n9	[key=9,
		tooltip="f32[B]"];
}
