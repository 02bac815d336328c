"""Launchers say exactly what they are to say, whatever is in a path, a flag or a variable."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan22dsl.comfyui.starting.profile import Profile, Variable
from wan22dsl.errors import CommandError
from wan22dsl.launch.command import command_line
from wan22dsl.launch.installs import Install
from wan22dsl.launch.scripts import KINDS, Recipe, write

OWN = ["bat", "ps1", "sh", "systemd"]

#: What a shell could take for something else.
HOSTILE = [
    *(
        "plain",
        "two words",
        "a  b ",
        " a",
        "",
        "50%",
        "%PATH%",
        "%%",
        "!x!",
        "^",
        "a^b",
        "a&b",
        "a|b>c<d",
    ),
    *(
        "(a)",
        '"',
        'say "hi"',
        'a" & echo pwned & "',
        '\\"',
        "a\\",
        "a b\\",
        "a\\\\ \\",
        "'",
        "it's",
        "''",
    ),
    *(
        "`id`",
        "$HOME",
        "$(id)",
        "${x}",
        "a;b",
        "a,b",
        "#",
        "~",
        "*",
        "[a]",
        "{a}",
        "ä ö ß € 漢字 🎬",
    ),
    *(
        "\u2018quoted\u2019",
        "-",
        "--x",
        "@args",
        "@x",
        "a=b",
        "C:\\Program Files\\x",
        "%~dp0",
        "^^!%",
    ),
    *("\\\\server\\share", "a\tb"),
]


def recipe(folder: str, words: list[str], variables: dict[str, str], python: str = sys.executable):
    """A recipe whose command has words and variables as they are."""
    profile = Profile("p", environment=tuple(Variable(*item) for item in variables.items()))
    install = Install("", folder, python)
    command = command_line(profile, install)
    command = command._replace(argv=(python, "main.py", *words))
    return Recipe((profile,), install, command)


@pytest.fixture
def folder(tmp_path):
    """A folder with a hostile name, and a program in it that says what it got."""
    found = tmp_path / ("a 'b' $(c) %d% ä" if os.name != "nt" else "a 'b' %d% ä")
    found.mkdir()
    (found / "main.py").write_text(
        "import json, os, sys\n"
        "got = {'argv': sys.argv[1:], 'cwd': os.getcwd(),\n"
        "       'env': {k: v for k, v in os.environ.items() if k.startswith('W_')}}\n"
        "sys.stdout.buffer.write(json.dumps(got).encode())\n",
        encoding="utf-8",
    )
    return found


SHELLS = [shell for shell in ("sh", "dash", "bash", "zsh", "busybox") if shutil.which(shell)]


@pytest.mark.skipif(not SHELLS or os.name == "nt", reason="there is no POSIX shell")
@pytest.mark.parametrize("shell", SHELLS)
def test_sh_gives_every_word_and_variable_as_it_is(folder, shell):
    words = [*HOSTILE, "a\nb"]
    variables = {f"W_{number}": text for number, text in enumerate(words)}
    script = folder.parent / "start.sh"
    script.write_bytes(write("sh", recipe(str(folder), words, variables)))
    call = [shell, "sh"] if shell == "busybox" else [shell]
    done = subprocess.run([*call, script, "more", "a b"], capture_output=True, check=True)
    got = json.loads(done.stdout)
    assert got["argv"] == [*words, "more", "a b"]
    assert got["env"] == variables
    assert Path(got["cwd"]).samefile(folder)


@pytest.mark.skipif(os.name == "nt", reason="there is no POSIX shell")
def test_sh_gives_its_place_to_the_program_so_that_signals_reach_it(tmp_path):
    (tmp_path / "main.py").write_text(
        "import os, signal, sys, time\n"
        "def stop(*_):\n    print('stopped', flush=True)\n    sys.exit(7)\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print(os.getpid(), flush=True)\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    script = tmp_path / "start.sh"
    script.write_bytes(write("sh", recipe(str(tmp_path), [], {})))
    with subprocess.Popen(["sh", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == b"stopped\n"
        assert process.wait(30) == 7


ANY = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=12
)


# Windows' interpreter, as far as these files use it.


def interpreted(data: bytes, environment: dict[str, str]) -> tuple[str, str, dict[str, str]]:
    """What `cmd` makes of a file: the folder, the command line of the program, the variables.

    By its documented rules: first `%%` is `%` and `%x%` a variable; then, outside of quotes, `^` takes its
    meaning from the next character, and special characters end the command. A `"` opens or closes quotes.
    """
    folder, program = "", ""
    for line in data.decode("utf-8").split("\r\n"):
        words = through_carets(expanded(line, environment))
        if words.startswith("cd /d "):
            folder = words.removeprefix("cd /d ").removesuffix(" || exit /b 1").strip('"')
        elif words.startswith('set "') and "%" not in line.split("=")[0]:
            name, _, value = words.removeprefix('set "').rpartition('"')[0].partition("=")
            environment[name] = value
        elif words.startswith(("@echo", "rem", "chcp", "setlocal", "if ", "exit")) or not words:
            continue
        else:
            program = words
    return folder, program, environment


def expanded(line: str, environment: dict[str, str]) -> str:
    found, at = "", 0
    while at < len(line):
        if line.startswith("%%", at):
            found, at = found + "%", at + 2
        elif line.startswith("%*", at):
            found, at = found + "", at + 2
        elif line[at] == "%" and "%" in line[at + 1 :]:
            end = line.index("%", at + 1)
            found, at = found + environment.get(line[at + 1 : end], ""), end + 1
        else:
            found, at = found + line[at], at + 1
    return found


def through_carets(line: str) -> str:
    found, quoted, at = "", False, 0
    while at < len(line):
        sign = line[at]
        if sign == "^" and not quoted:
            found, at = found + line[at + 1 : at + 2], at + 2
            continue
        if sign == '"':
            quoted = not quoted
        elif sign in "&|<>" and not quoted:
            rest = line[at:]
            assert rest in ("|| exit /b 1", ">nul"), f"{sign} would end the command: {line}"
            return found + rest
        found, at = found + sign, at + 1
    return found


def c_runtime(line: str) -> list[str]:
    """How Microsoft's C runtime takes a command line apart (its documentation, "Parsing C arguments")."""
    found: list[str] = []
    word, in_word, quoted, at = "", False, False, 0
    while at < len(line):
        if line[at] == "\\":
            end = at
            while end < len(line) and line[end] == "\\":
                end += 1
            count = end - at
            if end < len(line) and line[end] == '"':
                word += "\\" * (count // 2)
                if count % 2:
                    word, end = word + '"', end + 1
            else:
                word += "\\" * count
            in_word, at = True, end
            continue
        if line[at] == '"':
            if quoted and line.startswith('""', at):
                word, at = word + '"', at + 1
            else:
                quoted = not quoted
            in_word = True
        elif line[at] in " \t" and not quoted:
            if in_word:
                found.append(word)
            word, in_word = "", False
        else:
            word, in_word = word + line[at], True
        at += 1
    return [*found, word] if in_word else found


@given(
    st.lists(ANY, max_size=4),
    st.sampled_from(["C:\\ComfyUI", "C:\\50% off & more\\^!ä", "C:\\a b\\"]),
)
def test_bat_gives_every_word_and_variable_as_it_is(words, folder):
    variables = {f"W_{number}": text for number, text in enumerate(words) if text}
    python = "C:\\Program Files\\50% ^&!\\python.exe"
    data = write("bat", recipe(folder, words, variables, python))
    there, program, environment = interpreted(data, {"PATH": "pwned", "x": "pwned"})
    assert there == folder
    assert c_runtime(program) == [python, "main.py", *words]
    assert {key: value for key, value in environment.items() if key.startswith("W_")} == variables


@pytest.mark.skipif(os.name != "nt", reason="needs the command interpreter of Windows")
def test_bat_is_run_by_windows(folder):
    words = [word for word in HOSTILE if word != "a\tb"]
    variables = {f"W_{number}": text for number, text in enumerate(words) if text}
    script = folder.parent / "start.bat"
    script.write_bytes(write("bat", recipe(str(folder), words, variables)))
    done = subprocess.run(["cmd", "/c", str(script)], capture_output=True, check=True)
    got = json.loads(done.stdout)
    assert (got["argv"], got["env"]) == (words, variables)


POWERSHELLS = [shell for shell in ("pwsh", "powershell") if shutil.which(shell)]


@pytest.mark.skipif(not POWERSHELLS, reason="there is no PowerShell")
@pytest.mark.parametrize("shell", POWERSHELLS)
@pytest.mark.parametrize("words", [HOSTILE, ["a b", "it's", "50%", "$HOME", "--reserve-vram", "1"]])
def test_ps1_gives_every_word_and_variable_as_it_is(folder, shell, words):
    variables = {f"W_{number}": text for number, text in enumerate(words) if text}
    script = folder.parent / "start.ps1"
    script.write_bytes(write("ps1", recipe(str(folder), words, variables)))
    call = [shell, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(script)]
    got = json.loads(subprocess.run(call, capture_output=True, check=True).stdout)
    assert (got["argv"], got["env"]) == (words, variables)


def strings_of_powershell(text: str) -> list[str]:
    """The strings in single quotes of a script: in them two quotes are one, of whatever form."""
    found, at = [], 0
    quotes = "'\u2018\u2019\u201a\u201b"
    while at < len(text):
        if text[at] == "#":
            at = text.index("\n", at)
        elif text[at] in quotes:
            word, at = "", at + 1
            while text[at] not in quotes or text[at + 1] in quotes:
                skipped = 2 if text[at] in quotes else 1
                word, at = word + text[at], at + skipped
            found.append(word)
        at += 1
    return found


@given(st.lists(ANY))
def test_ps1_has_every_text_in_quotes_that_it_cannot_end(words):
    variables = {f"W_{number}": text for number, text in enumerate(words)}
    text = write("ps1", recipe("C:\\it's", words, variables, "C:\\p\u2019s\\python.exe")).decode(
        "utf-8-sig"
    )
    strings = strings_of_powershell(text)
    assert strings[1:2] == ["C:\\it's"] and "C:\\p\u2019s\\python.exe" in strings
    assert strings[2 : 2 + len(words)] == words
    if "$start.Arguments" in text:
        assert c_runtime(strings[-1]) == ["main.py", *words]
    else:
        rest = [word for word in strings[3 + len(words) :] if word]
        assert [word for word in words if word in rest] == rest


ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze")
def test_systemd_accepts_the_unit(folder, tmp_path):
    words = [*HOSTILE, "a\nb"]
    variables = {f"W_{number}": text for number, text in enumerate(words)}
    unit = tmp_path / "comfyui.service"
    unit.write_bytes(write("systemd", recipe(str(folder), words, variables)))
    assert ANALYZE is not None
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    complaints = [line for line in done.stderr.splitlines() if "comfyui.service" in line]
    assert not complaints, complaints


def of_systemd(line: str) -> list[str]:
    """The words of a command or an assignment, by systemd.syntax(7)."""
    found: list[str] = []
    word, in_word, quoted, at = "", False, False, 0
    while at < len(line):
        sign = line[at]
        if sign == "\\":
            escape = line[at + 1]
            word, at, in_word = (
                word + {"n": "\n", "r": "\r", "t": "\t"}.get(escape, escape),
                at + 2,
                True,
            )
            continue
        if sign == '"':
            quoted, in_word = not quoted, True
        elif sign == "%":
            assert line[at + 1] == "%"
            word, at = word + "%", at + 1
        elif sign == " " and not quoted:
            if in_word:
                found.append(word)
            word, in_word = "", False
        else:
            word, in_word = word + sign, True
        at += 1
    return [*found, word] if in_word else found


def test_systemd_gives_every_word_and_variable_as_it_is(folder):
    words = [*HOSTILE, "a\nb"]
    variables = {f"W_{number}": text for number, text in enumerate(words)}
    lines = write("systemd", recipe(str(folder), words, variables)).decode().split("\n")
    values = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    (command,) = [value for key, _, value in values if key == "ExecStart"]
    assert command.startswith(":"), "without it `$HOME` would be a variable"
    assert of_systemd(command[1:]) == [sys.executable, "main.py", *words]
    found = [
        of_systemd(value)[0].partition("=") for key, _, value in values if key == "Environment"
    ]
    assert {name: value for name, _, value in found} == variables


# All of them.


@pytest.mark.parametrize("kind", OWN)
def test_the_same_recipe_gives_the_same_bytes(kind, folder):
    words, variables = ["--reserve-vram", "1"], {"OMP_NUM_THREADS": "8"}
    made = {write(kind, recipe(str(folder), words, variables)) for _ in range(2)}
    assert len(made) == 1
    assert b"\r\n" in made.pop() if kind in ("bat", "ps1") else b"\r" not in made.pop()


@pytest.mark.parametrize("kind", OWN)
@pytest.mark.parametrize("text", ["a\0b", "a\udce4b"])
def test_what_a_file_cannot_hold_is_refused(kind, text):
    with pytest.raises(CommandError, match="an argument"):
        write(kind, recipe("/x", [text], {}))


def test_bat_refuses_line_ends():
    with pytest.raises(CommandError, match="the variable W"):
        write("bat", recipe("/x", [], {"W": "a\nb"}))


@pytest.mark.parametrize("kind", OWN)
def test_a_name_of_a_profile_cannot_leave_its_comment(kind, folder):
    made = recipe(str(folder), [], {})
    profile = made.profiles[0]._replace(name="x\ntouch pwned %PATH% & calc", card="y\r\ncalc")
    text = write(kind, made._replace(profiles=(profile,))).decode("utf-8-sig")
    lines = [line for line in text.splitlines() if "pwned" in line or "calc" in line]
    assert all(line.startswith(("#", "rem ", "Description=")) for line in lines)
    assert not any(sign in line for line in lines if line.startswith("rem ") for sign in "&%")


def test_every_kind_can_be_written():
    assert set(OWN) <= set(KINDS)
