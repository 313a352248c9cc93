"""What the programs of this folder print in the same way: tables, and the processor that they ran on."""


def show(rows, markdown):
    if markdown:
        rows = [rows[0], ["---"] * len(rows[0])] + rows[1:]
        print("\n".join("| " + " | ".join(r) + " |" for r in rows))
        return
    wide = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    print("\n".join("  ".join(c.ljust(w) for c, w in zip(r, wide)).rstrip() for r in rows))


def processor():
    fields = dict(line.split(":", 1) for line in open("/proc/cpuinfo") if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    return f"{fields.get('model name', 'unknown processor')}, family {fields.get('cpu family')} model {fields.get('model')}"
