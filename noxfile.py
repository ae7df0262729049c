"""What can be run: `nox -s tests` for the suite, `nox --list` for the rest.

Every session installs the package as users get it, a wheel, and runs isolated from the working directory
(`python -P`): a file that the wheel lacks is missed here, not by them.
"""

import nox
from nox.project import dependency_groups, load_toml

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_venv = "yes"

PROJECT = load_toml("pyproject.toml")
PYTEST = ("python", "-P", "-bb", "-m", "pytest")


def install(session: nox.Session, *groups: str, pins: tuple[str, ...] = ()) -> None:
    session.install(".", *pins, *dependency_groups(PROJECT, *groups))


@nox.session
def tests(session: nox.Session) -> None:
    """The suite. Where redis-server is missing, the tests that ask it are skipped; in CI they fail."""
    install(session, "test")
    session.run(*PYTEST, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    session.install(*dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict. The test tools are there because the pytest plugin is checked too."""
    install(session, "types", "test")
    session.run("mypy", *session.posargs)


@nox.session
def layers(session: nox.Session) -> None:
    """The rules about the source alone: floors, sizes, exports."""
    install(session, "test")
    session.run(*PYTEST, "tests/test_layers.py", "tests/test_house_rules.py", *session.posargs)


@nox.session
def differential(session: nox.Session) -> None:
    """The state machines against a real Redis, 20 000 steps of each; the suite runs a few."""
    install(session, "test")
    session.run(*PYTEST, "tests/differential", "--hypothesis-profile=differential", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Arbitrary bytes in arbitrary pieces, and random scripts, for minutes; the suite does it for seconds."""
    install(session, "test")
    scripts = ("tests/scripting/libraries", "tests/scripting/test_random_scripts.py")
    session.run(
        *PYTEST, "tests/protocol", "tests/server", *scripts, "--hypothesis-profile=fuzz", *session.posargs
    )


@nox.session
def apps(session: nox.Session) -> None:
    """What applications are built on: RQ, Celery, Huey, Dramatiq and limits do their work here, and on a real Redis."""
    install(session, "apps")
    session.run("python", "-P", "-m", "pytest", "tests/apps", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Speed, memory, idleness and step lengths, beside Redis and fakeredis. `-- --quick` for a short one."""
    install(session, "bench")
    figures = f"{session.create_tmp()}/bench.json"
    session.run("python", "-m", "bench", "--json", figures, *session.posargs, env={"PYTHONPATH": "tests"})
    session.log(f"figures in {figures}")


@nox.session
def readme(session: nox.Session) -> None:
    """Write those parts of README.rst anew that the source knows better."""
    install(session)
    session.run("python", "tests/readme.py")


@nox.session
def lowest(session: nox.Session) -> None:
    """The suite on the oldest version of each run-time dependency that pyproject.toml allows.

    Only those: they are what is promised to users. What the tests themselves need is new in every session, so
    that this one fails for one reason only.
    """
    pins = tuple(requirement.replace(">=", "==") for requirement in PROJECT["project"]["dependencies"])
    install(session, "test", pins=pins)
    session.run(*PYTEST, *session.posargs)


@nox.session
def interop(session: nox.Session) -> None:
    """Programs typed with trio-typing, whose stubs replace Trio's own and so stay out of every other session."""
    install(session, "interop")
    session.run(*PYTEST, "tests/test_interop.py", *session.posargs)
