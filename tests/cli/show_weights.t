# args: show {} --weights
# exit: 0
import linear
import optimizers

layer Net(D) {
  a: Linear(D, D)
  b: Linear(D, D)
  fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }
}

train net {
  net   = Net(4)
  steps = 1
  step {
    x[b, i] = uniform(0, 1) with b in 4, i in 4
    minimize net.loss(x) over net with sgd(lr = 0.1)
  }
}
# ---
digraph ordo {
	graph [fontname=Helvetica,
		fontsize=10,
		label=<<table border="0" cellborder="1" cellspacing="4" color="#5b6770"><tr><td bgcolor="#f4b6a6">matrix product</td><td bgcolor="#f7d9a8">reduction</td><td bgcolor="#fdf6d0">elementwise</td><td bgcolor="#bfe6e0">random</td><td bgcolor="#ddd5cb">group of ops</td><td bgcolor="#d3e3f5">input</td></tr></table>>,
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
		graph [URL="show_weights.ordo#L15",
			color="#9aa5b1",
			fillcolor="#f5f5f0",
			fontsize=11,
			label=<<b>net: Net.loss</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="net
show_weights.ordo:15:14
minimize net.loss(x) over net with sgd(lr = 0.1)"
		];
		subgraph cluster_2 {
			graph [URL="show_weights.ordo#L7",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>a: Linear</b>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.a
show_weights.ordo:7:41
fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }"
			];
			n8	[URL="models/lib/linear.ordo#L22",
				fillcolor="#f4b6a6",
				label=<<b>y</b><br/>dot<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = dot: f32[4, 4]
in net.a
models/lib/linear.ordo:22:9
y = x @ W"];
			n9	[URL="models/lib/linear.ordo#L23",
				fillcolor="#fdf6d0",
				label=<<b>y</b><br/>add<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = add: f32[4, 4]
in net.a
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
		}
		subgraph cluster_3 {
			graph [URL="show_weights.ordo#L7",
				color="#9aa5b1",
				fillcolor="#f5f5f0",
				fontsize=11,
				label=<<b>b: Linear</b>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="net.b
show_weights.ordo:7:39
fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }"
			];
			n10	[URL="models/lib/linear.ordo#L22",
				fillcolor="#f4b6a6",
				label=<<b>y</b><br/>dot<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = dot: f32[4, 4]
in net.b
models/lib/linear.ordo:22:9
y = x @ W"];
			n11	[URL="models/lib/linear.ordo#L23",
				fillcolor="#fdf6d0",
				label=<<b>y</b><br/>add<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="y = add: f32[4, 4]
in net.b
models/lib/linear.ordo:23:19
if bias { y = y + b }"];
		}
		n12	[URL="show_weights.ordo#L7",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f32[4, 4]</font>>,
			tooltip="mul: f32[4, 4]
in net
show_weights.ordo:7:39
fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }"];
		n13	[URL="show_weights.ordo#L7",
			fillcolor="#f7d9a8",
			label=<sum[0,1]<br/><font color="#5b6770">f32</font>>,
			tooltip="sum[0,1]: f32
in net
show_weights.ordo:7:34
fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }"];
		n14	[URL="show_weights.ordo#L7",
			fillcolor="#fdf6d0",
			label=<div _ 16<br/><font color="#5b6770">f32</font>>,
			tooltip="div _ 16: f32
in net
show_weights.ordo:7:34
fn loss(x: f32[B, D]) -> f32 { mean(b(a(x)) ** 2) }"];
	}
	subgraph cluster_4 {
		graph [color="#9aa5b1",
			fillcolor="#f7f9fc",
			fontsize=11,
			label=<<b>sgd over net</b>>,
			labeljust=l,
			style="rounded,filled",
			tooltip="sgd over net"
		];
		subgraph cluster_5 {
			graph [color="#9aa5b1",
				fillcolor="#f7f9fc",
				fontsize=11,
				label=<<b>a.W x 2</b>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="sgd over net.a.W"
			];
			subgraph cluster_6 {
				graph [URL="models/lib/optimizers.ordo#L31",
					color="#9aa5b1",
					fillcolor="#f5f5f0",
					fontsize=11,
					label=<<b>clipped</b>>,
					labeljust=l,
					style="rounded,filled",
					tooltip="sgd over net.a.W.clipped
models/lib/optimizers.ordo:31:15
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"
				];
				n39	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<lt _ inf<br/><font color="#5b6770">bool</font>>,
					tooltip="lt _ inf: bool
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:15
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n40	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<div<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="div: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:27
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n41	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<mul inf<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="mul inf: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:27
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n42	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<abs<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="abs: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:51
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n43	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<lt _ inf<br/><font color="#5b6770">bool[4, 4]</font>>,
					tooltip="lt _ inf: bool[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:51
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n44	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<where _ 0 nan<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="where _ 0 nan: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:45
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n45	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<<b>cut</b><br/>where<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="cut = where: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:18:9
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n46	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<eq inf inf<br/><font color="#5b6770">bool</font>>,
					tooltip="eq inf inf: bool
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:19:9
where(limit == inf or norm <= limit, g, cut)"];
				n47	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<le _ inf<br/><font color="#5b6770">bool</font>>,
					tooltip="le _ inf: bool
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:19:25
where(limit == inf or norm <= limit, g, cut)"];
				n48	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<or<br/><font color="#5b6770">bool</font>>,
					tooltip="or: bool
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:19:9
where(limit == inf or norm <= limit, g, cut)"];
				n49	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<where<br/><font color="#5b6770">f32[4, 4]</font>>,
					tooltip="where: f32[4, 4]
in sgd over net.a.W.clipped
models/lib/optimizers.ordo:19:3
where(limit == inf or norm <= limit, g, cut)"];
			}
			n50	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<mul 0<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="mul 0: f32[4, 4]
in sgd over net.a.W
models/lib/optimizers.ordo:31:45
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n51	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<add<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="add: f32[4, 4]
in sgd over net.a.W
models/lib/optimizers.ordo:31:14
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n52	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<mul 0.1<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="mul 0.1: f32[4, 4]
in sgd over net.a.W
models/lib/optimizers.ordo:31:9
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n53	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<sub<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="sub: f32[4, 4]
in sgd over net.a.W
models/lib/optimizers.ordo:31:5
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n54	[URL="show_weights.ordo#L15",
				fillcolor="#fdf6d0",
				label=<stop_gradient<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="stop_gradient: f32[4, 4]
in sgd over net.a.W
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
			n55	[URL="show_weights.ordo#L15",
				fillcolor="#fdf6d0",
				label=<variable<br/><font color="#5b6770">f32[4, 4]</font>>,
				tooltip="variable: f32[4, 4]
in sgd over net.a.W
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
			n107	[URL="show_weights.ordo#L15",
				fillcolor="#ffffff",
				label=<net.a.W<br/><font color="#5b6770">f32[4, 4]</font>>,
				penwidth=1.8,
				tooltip="net.a.W: f32[4, 4]
in sgd over net.a.W
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		}
		subgraph cluster_7 {
			graph [color="#9aa5b1",
				fillcolor="#f7f9fc",
				fontsize=11,
				label=<<b>a.b x 2</b>>,
				labeljust=l,
				style="rounded,filled",
				tooltip="sgd over net.a.b"
			];
			subgraph cluster_8 {
				graph [URL="models/lib/optimizers.ordo#L31",
					color="#9aa5b1",
					fillcolor="#f5f5f0",
					fontsize=11,
					label=<<b>clipped</b>>,
					labeljust=l,
					style="rounded,filled",
					tooltip="sgd over net.a.b.clipped
models/lib/optimizers.ordo:31:15
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"
				];
				n56	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<lt _ inf<br/><font color="#5b6770">bool</font>>,
					tooltip="lt _ inf: bool
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:15
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n57	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<div<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="div: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:27
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n58	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<mul inf<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="mul inf: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:27
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n59	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<abs<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="abs: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:51
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n60	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<lt _ inf<br/><font color="#5b6770">bool[4]</font>>,
					tooltip="lt _ inf: bool[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:51
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n61	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<where _ 0 nan<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="where _ 0 nan: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:45
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n62	[URL="models/lib/optimizers.ordo#L18",
					fillcolor="#fdf6d0",
					label=<<b>cut</b><br/>where<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="cut = where: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:18:9
cut = where(norm < inf, g / norm * limit, where(abs(g) < inf, 0, nan))"];
				n63	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<eq inf inf<br/><font color="#5b6770">bool</font>>,
					tooltip="eq inf inf: bool
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:19:9
where(limit == inf or norm <= limit, g, cut)"];
				n64	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<le _ inf<br/><font color="#5b6770">bool</font>>,
					tooltip="le _ inf: bool
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:19:25
where(limit == inf or norm <= limit, g, cut)"];
				n65	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<or<br/><font color="#5b6770">bool</font>>,
					tooltip="or: bool
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:19:9
where(limit == inf or norm <= limit, g, cut)"];
				n66	[URL="models/lib/optimizers.ordo#L19",
					fillcolor="#fdf6d0",
					label=<where<br/><font color="#5b6770">f32[4]</font>>,
					tooltip="where: f32[4]
in sgd over net.a.b.clipped
models/lib/optimizers.ordo:19:3
where(limit == inf or norm <= limit, g, cut)"];
			}
			n67	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<mul 0<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="mul 0: f32[4]
in sgd over net.a.b
models/lib/optimizers.ordo:31:45
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n68	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<add<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="add: f32[4]
in sgd over net.a.b
models/lib/optimizers.ordo:31:14
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n69	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<mul 0.1<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="mul 0.1: f32[4]
in sgd over net.a.b
models/lib/optimizers.ordo:31:9
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n70	[URL="models/lib/optimizers.ordo#L31",
				fillcolor="#fdf6d0",
				label=<sub<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="sub: f32[4]
in sgd over net.a.b
models/lib/optimizers.ordo:31:5
w - lr * (clipped(g, norm, clip_norm) + weight_decay * w)"];
			n71	[URL="show_weights.ordo#L15",
				fillcolor="#fdf6d0",
				label=<stop_gradient<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="stop_gradient: f32[4]
in sgd over net.a.b
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
			n72	[URL="show_weights.ordo#L15",
				fillcolor="#fdf6d0",
				label=<variable<br/><font color="#5b6770">f32[4]</font>>,
				tooltip="variable: f32[4]
in sgd over net.a.b
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
			n108	[URL="show_weights.ordo#L15",
				fillcolor="#ffffff",
				label=<net.a.b<br/><font color="#5b6770">f32[4]</font>>,
				penwidth=1.8,
				tooltip="net.a.b: f32[4]
in sgd over net.a.b
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		}
		n16	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<cast<br/><font color="#5b6770">f64[4, 4]</font>>,
			tooltip="cast: f64[4, 4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n17	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f64[4, 4]</font>>,
			tooltip="mul: f64[4, 4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n18	[URL="show_weights.ordo#L15",
			fillcolor="#f7d9a8",
			label=<sum[0,1]<br/><font color="#5b6770">f64</font>>,
			tooltip="sum[0,1]: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n19	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<add 0<br/><font color="#5b6770">f64</font>>,
			tooltip="add 0: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n20	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<cast<br/><font color="#5b6770">f64[4]</font>>,
			tooltip="cast: f64[4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n21	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f64[4]</font>>,
			tooltip="mul: f64[4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n22	[URL="show_weights.ordo#L15",
			fillcolor="#f7d9a8",
			label=<sum[0]<br/><font color="#5b6770">f64</font>>,
			tooltip="sum[0]: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n23	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<add<br/><font color="#5b6770">f64</font>>,
			tooltip="add: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n24	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<cast<br/><font color="#5b6770">f64[4, 4]</font>>,
			tooltip="cast: f64[4, 4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n25	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f64[4, 4]</font>>,
			tooltip="mul: f64[4, 4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n26	[URL="show_weights.ordo#L15",
			fillcolor="#f7d9a8",
			label=<sum[0,1]<br/><font color="#5b6770">f64</font>>,
			tooltip="sum[0,1]: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n27	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<add<br/><font color="#5b6770">f64</font>>,
			tooltip="add: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n28	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<cast<br/><font color="#5b6770">f64[4]</font>>,
			tooltip="cast: f64[4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n29	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<mul<br/><font color="#5b6770">f64[4]</font>>,
			tooltip="mul: f64[4]
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n30	[URL="show_weights.ordo#L15",
			fillcolor="#f7d9a8",
			label=<sum[0]<br/><font color="#5b6770">f64</font>>,
			tooltip="sum[0]: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n31	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<add<br/><font color="#5b6770">f64</font>>,
			tooltip="add: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n32	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<sqrt<br/><font color="#5b6770">f64</font>>,
			tooltip="sqrt: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n33	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<min 3.4028234663852886e+38<br/><font color="#5b6770">f64</font>>,
			tooltip="min 3.4028234663852886e+38: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n34	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<eq inf<br/><font color="#5b6770">bool</font>>,
			tooltip="eq inf: bool
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n35	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<where<br/><font color="#5b6770">f64</font>>,
			tooltip="where: f64
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n36	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<cast<br/><font color="#5b6770">f32</font>>,
			tooltip="cast: f32
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n37	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<add 1<br/><font color="#5b6770">f32</font>>,
			tooltip="add 1: f32
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
		n38	[URL="show_weights.ordo#L15",
			fillcolor="#fdf6d0",
			label=<stop_gradient<br/><font color="#5b6770">f32</font>>,
			tooltip="stop_gradient: f32
in sgd over net
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
	}
	n0	[fillcolor="#d3e3f5",
		label=<<b>net.a.W</b><br/><font color="#5b6770">f32[4, 4]</font>>,
		tooltip="net.a.W: f32[4, 4]"];
	n0 -> n8	[key=1,
		headlabel=b,
		tooltip="f32[4, 4]"];
	n15	[URL="show_weights.ordo#L15",
		fillcolor="#ddd5cb",
		label=<grad<br/><font color="#5b6770">4 values</font>>,
		tooltip="grad: 4 values
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
	n0 -> n15	[key=1,
		headlabel=b,
		tooltip="f32[4, 4]"];
	n0 -> n50	[key=9,
		tooltip="f32[4, 4]"];
	n0 -> n53	[key=0,
		headlabel=a,
		tooltip="f32[4, 4]"];
	n1	[fillcolor="#d3e3f5",
		label=<<b>net.a.b</b><br/><font color="#5b6770">f32[4]</font>>,
		tooltip="net.a.b: f32[4]"];
	n1 -> n9	[key=9,
		tooltip="f32[4]"];
	n1 -> n15	[key=2,
		headlabel=c,
		tooltip="f32[4]"];
	n1 -> n67	[key=9,
		tooltip="f32[4]"];
	n1 -> n70	[key=0,
		headlabel=a,
		tooltip="f32[4]"];
	n2	[fillcolor="#d3e3f5",
		label=<<b>net.b.W</b><br/><font color="#5b6770">f32[4, 4]</font>>,
		tooltip="net.b.W: f32[4, 4]"];
	n2 -> n10	[key=1,
		headlabel=b,
		tooltip="f32[4, 4]"];
	n2 -> n15	[key=9,
		tooltip="f32[4, 4]"];
	n2 -> n50	[key=9,
		tooltip="f32[4, 4]"];
	n2 -> n53	[key=9,
		tooltip="f32[4, 4]"];
	n3	[fillcolor="#d3e3f5",
		label=<<b>net.b.b</b><br/><font color="#5b6770">f32[4]</font>>,
		tooltip="net.b.b: f32[4]"];
	n3 -> n11	[key=9,
		tooltip="f32[4]"];
	n3 -> n15	[key=9,
		tooltip="f32[4]"];
	n3 -> n67	[key=9,
		tooltip="f32[4]"];
	n3 -> n70	[key=9,
		tooltip="f32[4]"];
	n4	[URL="show_weights.ordo#L15",
		fillcolor="#d3e3f5",
		label=<<b>net.sgd.step</b><br/><font color="#5b6770">f32</font>>,
		tooltip="net.sgd.step: f32
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
	n4 -> n37	[key=9,
		tooltip=f32];
	n5	[URL="show_weights.ordo#L14",
		fillcolor="#d3e3f5",
		label=<<b>key</b><br/><font color="#5b6770">key</font>>,
		tooltip="key: key
show_weights.ordo:14:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n6	[URL="show_weights.ordo#L14",
		fillcolor="#bfe6e0",
		label=<random<br/><font color="#5b6770">i32[4, 4]</font>>,
		tooltip="random: i32[4, 4]
show_weights.ordo:14:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n5 -> n6	[key=9,
		tooltip=key];
	n7	[URL="show_weights.ordo#L14",
		fillcolor="#fdf6d0",
		label=<<b>x</b><br/>unit<br/><font color="#5b6770">f32[4, 4]</font>>,
		tooltip="x = unit: f32[4, 4]
show_weights.ordo:14:15
x[b, i] = uniform(0, 1) with b in 4, i in 4"];
	n6 -> n7	[key=9,
		tooltip="i32[4, 4]"];
	n7 -> n8	[key=0,
		headlabel=a,
		tooltip="f32[4, 4]"];
	n8 -> n9	[key=9,
		tooltip="f32[4, 4]"];
	n9 -> n10	[key=0,
		headlabel=a,
		tooltip="f32[4, 4]"];
	n10 -> n11	[key=9,
		tooltip="f32[4, 4]"];
	n11 -> n12	[key=9,
		tooltip="f32[4, 4]"];
	n12 -> n13	[key=9,
		tooltip="f32[4, 4]"];
	n13 -> n14	[key=9,
		tooltip=f32];
	n14 -> n15	[key=0,
		headlabel=a,
		tooltip=f32];
	n15 -> n16	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n20	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n24	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n28	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n40	[key=0,
		headlabel=a,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n40	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n42	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n49	[key=1,
		headlabel=b,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n49	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n57	[key=0,
		headlabel=a,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n57	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n59	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n66	[key=1,
		headlabel=b,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n15 -> n66	[key=9,
		tooltip="(f32[4, 4], f32[4], f32[4, 4], f32[4])"];
	n16 -> n17	[key=9,
		tooltip="f64[4, 4]"];
	n17 -> n18	[key=9,
		tooltip="f64[4, 4]"];
	n18 -> n19	[key=9,
		tooltip=f64];
	n19 -> n23	[key=9,
		tooltip=f64];
	n20 -> n21	[key=9,
		tooltip="f64[4]"];
	n21 -> n22	[key=9,
		tooltip="f64[4]"];
	n22 -> n23	[key=9,
		tooltip=f64];
	n23 -> n27	[key=9,
		tooltip=f64];
	n24 -> n25	[key=9,
		tooltip="f64[4, 4]"];
	n25 -> n26	[key=9,
		tooltip="f64[4, 4]"];
	n26 -> n27	[key=9,
		tooltip=f64];
	n27 -> n31	[key=9,
		tooltip=f64];
	n28 -> n29	[key=9,
		tooltip="f64[4]"];
	n29 -> n30	[key=9,
		tooltip="f64[4]"];
	n30 -> n31	[key=9,
		tooltip=f64];
	n31 -> n32	[key=9,
		tooltip=f64];
	n32 -> n33	[key=9,
		tooltip=f64];
	n32 -> n34	[key=9,
		tooltip=f64];
	n32 -> n35	[key=1,
		headlabel=b,
		tooltip=f64];
	n33 -> n35	[key=2,
		headlabel=c,
		tooltip=f64];
	n34 -> n35	[key=0,
		headlabel=a,
		tooltip=bool];
	n35 -> n36	[key=9,
		tooltip=f64];
	n36 -> n39	[key=9,
		tooltip=f32];
	n36 -> n40	[key=1,
		headlabel=b,
		tooltip=f32];
	n36 -> n40	[key=9,
		tooltip=f32];
	n36 -> n47	[key=9,
		tooltip=f32];
	n36 -> n56	[key=9,
		tooltip=f32];
	n36 -> n57	[key=1,
		headlabel=b,
		tooltip=f32];
	n36 -> n57	[key=9,
		tooltip=f32];
	n36 -> n64	[key=9,
		tooltip=f32];
	n37 -> n38	[key=9,
		tooltip=f32];
	n111	[URL="show_weights.ordo#L15",
		fillcolor="#ffffff",
		label=<net.sgd.step<br/><font color="#5b6770">f32</font>>,
		penwidth=1.8,
		tooltip="net.sgd.step: f32
show_weights.ordo:15:5
minimize net.loss(x) over net with sgd(lr = 0.1)"];
	n38 -> n111	[key=9,
		tooltip=f32];
	n39 -> n45	[key=0,
		headlabel=a,
		tooltip=bool];
	n40 -> n41	[key=9,
		tooltip="f32[4, 4]"];
	n41 -> n45	[key=1,
		headlabel=b,
		tooltip="f32[4, 4]"];
	n42 -> n43	[key=9,
		tooltip="f32[4, 4]"];
	n43 -> n44	[key=9,
		tooltip="bool[4, 4]"];
	n44 -> n45	[key=2,
		headlabel=c,
		tooltip="f32[4, 4]"];
	n45 -> n49	[key=2,
		headlabel=c,
		tooltip="f32[4, 4]"];
	n46 -> n48	[key=9,
		tooltip=bool];
	n47 -> n48	[key=9,
		tooltip=bool];
	n48 -> n49	[key=0,
		headlabel=a,
		tooltip=bool];
	n49 -> n51	[key=9,
		tooltip="f32[4, 4]"];
	n50 -> n51	[key=9,
		tooltip="f32[4, 4]"];
	n51 -> n52	[key=9,
		tooltip="f32[4, 4]"];
	n52 -> n53	[key=1,
		headlabel=b,
		tooltip="f32[4, 4]"];
	n53 -> n54	[key=9,
		tooltip="f32[4, 4]"];
	n54 -> n55	[key=9,
		tooltip="f32[4, 4]"];
	n55 -> n107	[key=9,
		tooltip="f32[4, 4]"];
	n56 -> n62	[key=0,
		headlabel=a,
		tooltip=bool];
	n57 -> n58	[key=9,
		tooltip="f32[4]"];
	n58 -> n62	[key=1,
		headlabel=b,
		tooltip="f32[4]"];
	n59 -> n60	[key=9,
		tooltip="f32[4]"];
	n60 -> n61	[key=9,
		tooltip="bool[4]"];
	n61 -> n62	[key=2,
		headlabel=c,
		tooltip="f32[4]"];
	n62 -> n66	[key=2,
		headlabel=c,
		tooltip="f32[4]"];
	n63 -> n65	[key=9,
		tooltip=bool];
	n64 -> n65	[key=9,
		tooltip=bool];
	n65 -> n66	[key=0,
		headlabel=a,
		tooltip=bool];
	n66 -> n68	[key=9,
		tooltip="f32[4]"];
	n67 -> n68	[key=9,
		tooltip="f32[4]"];
	n68 -> n69	[key=9,
		tooltip="f32[4]"];
	n69 -> n70	[key=1,
		headlabel=b,
		tooltip="f32[4]"];
	n70 -> n71	[key=9,
		tooltip="f32[4]"];
	n71 -> n72	[key=9,
		tooltip="f32[4]"];
	n72 -> n108	[key=9,
		tooltip="f32[4]"];
}
