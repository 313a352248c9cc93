"""Runs the afternoon of docs/extending.md, line by line: each command of its console blocks has to print what stands below it.
A line '...' stands for any lines, '...' in a line for any characters. usage: afternoon.py ORDO PLUGIN-HEADER"""
import os, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def section(title):
    text = (ROOT / "docs/extending.md").read_text()
    start = text.index(f"## {title}\n")
    end = text.find("\n## ", start)
    return text[start : end if end > 0 else len(text)]


def blocks(text, kind):
    return re.findall(rf"```{kind}\n(.*?)```", text, re.S)


def steps(block):
    """Pairs of a command and the lines that it has to print."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def pattern(lines):
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(piece) for piece in line.split("...")) + r"\n")
    return "".join(parts)


def main():
    ordo, header = (os.path.realpath(path) for path in sys.argv[1:3])
    text = section("A stranger's afternoon")
    commands = [step for block in blocks(text, "console") for step in steps(block)]
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(header, f"{work}/ordo-plugin.h")
        source = (ROOT / "tests/plugins/stranger.c").read_text()
        pathlib.Path(f"{work}/stranger.c").write_text(source.replace("passes/plugin.h", "ordo-plugin.h"))
        pathlib.Path(f"{work}/smooth.ordo").write_text(blocks(text, "text")[0])
        env = {**os.environ, "PATH": f"{os.path.dirname(ordo)}:{os.environ['PATH']}", "ORDO_CACHE": f"{work}/cache"}
        for command, lines in commands:
            ran = subprocess.run(["bash", "-c", f"( {command} ) 2>&1"], cwd=work, env=env, capture_output=True, text=True)
            if re.fullmatch(pattern(lines), ran.stdout):
                continue
            failed += 1
            print(f"$ {command}\n--- printed:\n{ran.stdout}--- the page says:\n" + "\n".join(lines))
    if len(commands) < 10 or failed:
        sys.exit(f"{failed} of {len(commands)} commands print something else")
    print(f"passed: {len(commands)} commands")


main()
