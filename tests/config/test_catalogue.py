import re

from trioredis.config import DIRECTIVES, Config, Level, departures, find, with_level


def test_every_name_belongs_to_one_directive():
    names = [name for directive in DIRECTIVES for name in directive.names]
    assert sorted(set(names)) == sorted(names)


def test_names_have_no_case_and_former_names_are_known():
    assert find(b"replica-priority") is find(b"SLAVE-Priority")
    assert find(b"no-such-directive") is None


def test_whatever_is_not_honoured_says_why_in_one_line():
    for directive in DIRECTIVES:
        reason = directive.standing.reason
        assert bool(reason) == (directive.standing.level is not Level.HONOURED), directive.name
        assert re.fullmatch(r"[^\n.]*", reason), directive.name


def test_defaults_promise_nothing():
    assert [] == [directive.name for directive in DIRECTIVES if directive.refuses(directive.default)]


def test_every_directive_says_what_it_expects():
    assert [] == [directive.name for directive in DIRECTIVES if not directive.kind.expects]


def test_every_default_survives_being_shown_and_read_again():
    config = Config()
    for directive in DIRECTIVES:
        words = config.shown(directive).split(b" ") if directive.kind.several else [config.shown(directive)]
        if directive.name != b"replicaof":  # none is shown as nothing, which cannot be set
            assert directive.default == directive.kind.parse(words, directive.default), directive.name


def test_the_lists_for_the_reader_are_taken_from_the_catalogue():
    assert [b"bind", b"client-output-buffer-limit", b"save"] == [directive.name for directive in departures()]
    assert {b"port", b"maxclients", b"requirepass"} <= {
        directive.name for directive in with_level(Level.HONOURED)
    }
    assert {b"io-threads", b"jemalloc-bg-thread"} <= {
        directive.name for directive in with_level(Level.MEANINGLESS)
    }
    assert {b"appendonly", b"tls-port", b"maxmemory"} <= {
        directive.name for directive in with_level(Level.REFUSED)
    }
