"""The set-up behind the two commands: a virtual environment with pinned packages, made on first use.

Standard library only, and old syntax on purpose: an old Python must get as far as the sentence that tells it so.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

Say = Callable[[str], Any]
Run = Callable[..., Any]
OLDEST = (3, 11)
STAMP = "set-up-complete"


class CannotSetUp(Exception):
    """Why the environment could not be made, and what to do; the message is for the person at the terminal."""


def complain_of_old_python(version: "tuple[int, ...] | None" = None) -> "str | None":
    """The sentence for a Python that is too old; None when it will do."""
    major, minor = tuple(version or sys.version_info)[:2]
    if (major, minor) >= OLDEST:
        return None
    sentence = (
        "Python {}.{} is too old: this needs Python {}.{} or newer. Start it with a newer one, such as python{}.{}."
    )
    return sentence.format(major, minor, *(OLDEST + OLDEST))


def python_of(folder: Path) -> Path:
    """The Python inside an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(requirements: Path) -> str:
    """What a finished set-up is recognised by: the pinned file to the byte, and the Python it was made with."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return "{} python {}.{}\n".format(digest, *sys.version_info[:2])


def is_ready(folder: Path, requirements: Path) -> bool:
    """Whether the environment was made from exactly these pins; the stamp is written last, so half a set-up is none."""
    stamp = folder / STAMP
    return python_of(folder).exists() and stamp.exists() and stamp.read_text() == stamp_of(requirements)


def make_ready(folder: Path, requirements: Path, say: "Say" = print, run: "Run" = subprocess.run) -> Path:
    """Make the environment, or repair one that is unfinished or out of date. Returns its Python.

    Raises CannotSetUp with what to do.
    """
    if is_ready(folder, requirements):
        return python_of(folder)
    say("Setting up in {} (once; a minute or two) …".format(folder.name))
    stamp = folder / STAMP
    if stamp.exists():
        stamp.unlink()
    _make_environment(folder, run)
    say("Installing the pinned packages of {} …".format(requirements.name))
    _install(folder, requirements, run)
    _take_out_the_installers(folder, run)
    stamp.write_text(stamp_of(requirements))
    say("Set-up complete.")
    return python_of(folder)


def _make_environment(folder: Path, run: "Run") -> None:
    made = run([sys.executable, "-m", "venv", "--clear", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode != 0:
        raise CannotSetUp(
            "{} could not be made. If Python's venv module is missing, on Debian or Ubuntu: apt install python3-venv. "
            "Then start again. Its last words:\n  {}".format(folder.name, _last_words(made))
        )


def _install(folder: Path, requirements: Path, run: "Run") -> None:
    words = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--only-binary",
        ":all:",
    ]
    installed = run(
        [str(python_of(folder)), *words, "-r", str(requirements)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if installed.returncode != 0:
        raise CannotSetUp(
            "The packages could not be installed. Is this machine connected, or behind a proxy that pip must know? "
            "Nothing is lost: start again to go on. pip's last words:\n  " + _last_words(installed)
        )


def _take_out_the_installers(folder: Path, run: "Run") -> None:
    """What came with Python to install the others is old by now, nobody mends it, and nothing here needs it any more.

    Pip last, which takes itself out too; the next set-up begins with a new environment, and so with a pip.
    """
    words = ["-m", "pip", "uninstall", "--quiet", "--yes", "--disable-pip-version-check", "setuptools", "pip"]
    gone = run([str(python_of(folder)), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if gone.returncode != 0:
        raise CannotSetUp(
            "The installer of the packages could not be taken out of {}. Start again. Its last words:\n  {}".format(
                folder.name, _last_words(gone)
            )
        )


def _last_words(ended: Any) -> str:
    """The end of what a command printed, which is where it says why it failed."""
    return "\n  ".join(ended.stdout.decode("utf-8", "replace").strip().splitlines()[-3:])


def enter(folder: Path, requirements: Path, module: str, words: "list[str]") -> None:
    """Run this module with these words inside the environment, made ready first; never returns.

    Inside already (another environment may have been made by hand): returns and lets the caller go on.
    """
    old = complain_of_old_python()
    if old:
        raise SystemExit(old)
    if Path(sys.prefix).resolve() == folder.resolve() and is_ready(folder, requirements):
        return
    try:
        python = make_ready(folder, requirements, say=_say)
    except CannotSetUp as problem:
        raise SystemExit(str(problem)) from None
    except KeyboardInterrupt:
        raise SystemExit("Set-up was stopped. Nothing is lost: start again to go on.") from None
    except OSError as problem:
        raise SystemExit("The environment could not be set up: {}.".format(problem)) from None
    command = [str(python), "-m", module, *words]
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    os.execv(command[0], command)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
