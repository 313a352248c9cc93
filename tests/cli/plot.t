# args: plot a b/train.csv --title="two <runs>" --log=y --smooth=0.5 --width=200 --height=120 --name=first
# +++ a/metrics.jsonl
{"step": 10, "section": "train", "loss": 2.5, "norm": 1}
{"step": 20, "section": "train", "loss": 1.25, "norm": "nan"}
{"step": 20, "section": "valid", "loss": 1.5, "accuracy": 0.5}
{"step": 30, "section": "train", "loss": 0.625, "norm": 3}
# +++ b/train.csv
step,loss
10,2
20,inf
30,1
40,0
# ---
<svg xmlns="http://www.w3.org/2000/svg" width="560" height="446" viewBox="0 0 560 446" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12" fill="#222">
<style>.grid{stroke:#e3e6e8;fill:none}.axis{stroke:#5b6770;fill:none}.curve{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="280.0" y="24.0" text-anchor="middle" font-size="16" font-weight="bold">two &lt;runs&gt;</text>
<path class="grid" d="M58.0 60.0V180.0"/>
<text x="58.0" y="196.0" text-anchor="middle">10</text>
<path class="grid" d="M158.0 60.0V180.0"/>
<text x="158.0" y="196.0" text-anchor="middle">20</text>
<path class="grid" d="M258.0 60.0V180.0"/>
<text x="258.0" y="196.0" text-anchor="middle">30</text>
<path class="grid" d="M58.0 178.8H258.0"/>
<text x="52.0" y="182.8" text-anchor="end">0.6</text>
<path class="grid" d="M58.0 166.5H258.0"/>
<text x="52.0" y="170.5" text-anchor="end">0.7</text>
<path class="grid" d="M58.0 155.8H258.0"/>
<text x="52.0" y="159.8" text-anchor="end">0.8</text>
<path class="grid" d="M58.0 146.3H258.0"/>
<text x="52.0" y="150.3" text-anchor="end">0.9</text>
<path class="grid" d="M58.0 137.9H258.0"/>
<text x="52.0" y="141.9" text-anchor="end">1</text>
<path class="grid" d="M58.0 82.3H258.0"/>
<text x="52.0" y="86.3" text-anchor="end">2</text>
<path class="axis" d="M58.0 60.0V180.0H258.0"/>
<text x="58.0" y="52.0" font-weight="bold">loss</text>
<text x="158.0" y="213.0" text-anchor="middle">step</text>
<path class="curve" d="M58.0 64.4L158.0 120.0L258.0 175.6" stroke="#0072b2" stroke-opacity="0.25"/>
<path class="curve" d="M58.0 64.4L158.0 96.9L258.0 132.4" stroke="#0072b2"/>
<path class="curve" d="M158.0 105.4h0" stroke="#0072b2" stroke-dasharray="6 3" stroke-opacity="0.25"/>
<path class="curve" d="M158.0 105.4h0" stroke="#0072b2" stroke-dasharray="6 3"/>
<circle cx="158.0" cy="105.4" r="3" fill="none" stroke="#0072b2" stroke-dasharray="6 3"/>
<path class="curve" d="M58.0 82.3h0M258.0 137.9h0" stroke="#d55e00" stroke-opacity="0.25"/>
<path class="curve" d="M58.0 82.3h0M258.0 127.2h0" stroke="#d55e00"/>
<path class="grid" d="M334.0 60.0V180.0"/>
<text x="334.0" y="196.0" text-anchor="middle">10</text>
<path class="grid" d="M434.0 60.0V180.0"/>
<text x="434.0" y="196.0" text-anchor="middle">20</text>
<path class="grid" d="M534.0 60.0V180.0"/>
<text x="534.0" y="196.0" text-anchor="middle">30</text>
<path class="grid" d="M334.0 175.6H534.0"/>
<text x="328.0" y="179.6" text-anchor="end">1</text>
<path class="grid" d="M334.0 105.5H534.0"/>
<text x="328.0" y="109.5" text-anchor="end">2</text>
<path class="grid" d="M334.0 64.4H534.0"/>
<text x="328.0" y="68.4" text-anchor="end">3</text>
<path class="axis" d="M334.0 60.0V180.0H534.0"/>
<text x="334.0" y="52.0" font-weight="bold">norm</text>
<text x="434.0" y="213.0" text-anchor="middle">step</text>
<path class="curve" d="M334.0 175.6h0M534.0 64.4h0" stroke="#0072b2" stroke-opacity="0.25"/>
<path class="curve" d="M334.0 175.6h0M534.0 74.6h0" stroke="#0072b2"/>
<path class="grid" d="M58.0 250.0V370.0"/>
<text x="58.0" y="386.0" text-anchor="middle">10</text>
<path class="grid" d="M158.0 250.0V370.0"/>
<text x="158.0" y="386.0" text-anchor="middle">20</text>
<path class="grid" d="M258.0 250.0V370.0"/>
<text x="258.0" y="386.0" text-anchor="middle">30</text>
<path class="grid" d="M58.0 343.0H258.0"/>
<text x="52.0" y="347.0" text-anchor="end">0.4</text>
<path class="grid" d="M58.0 310.0H258.0"/>
<text x="52.0" y="314.0" text-anchor="end">0.5</text>
<path class="grid" d="M58.0 283.0H258.0"/>
<text x="52.0" y="287.0" text-anchor="end">0.6</text>
<path class="grid" d="M58.0 260.2H258.0"/>
<text x="52.0" y="264.2" text-anchor="end">0.7</text>
<path class="axis" d="M58.0 250.0V370.0H258.0"/>
<text x="58.0" y="242.0" font-weight="bold">accuracy</text>
<text x="158.0" y="403.0" text-anchor="middle">step</text>
<path class="curve" d="M158.0 310.0h0" stroke="#0072b2" stroke-dasharray="6 3" stroke-opacity="0.25"/>
<path class="curve" d="M158.0 310.0h0" stroke="#0072b2" stroke-dasharray="6 3"/>
<circle cx="158.0" cy="310.0" r="3" fill="none" stroke="#0072b2" stroke-dasharray="6 3"/>
<path class="curve" d="M58.0 428.0h24" stroke="#0072b2"/>
<text x="88.0" y="432.0">first train</text>
<path class="curve" d="M185.2 428.0h24" stroke="#0072b2" stroke-dasharray="6 3"/>
<text x="215.2" y="432.0">first valid</text>
<path class="curve" d="M312.4 428.0h24" stroke="#d55e00"/>
<text x="342.4" y="432.0">train train</text>
</svg>
