import subprocess

import pytest

from trioredis.config import CommandLine, ConfFiles, Config, ConfigError, Line, apply, command_line
from trioredis.protocol.quoting import split_arguments


def reader(**files):
    contents = {name.replace("_", ".").encode(): text for name, text in files.items()}

    def read(path):
        if path not in contents:
            raise FileNotFoundError(2, "No such file or directory")
        return contents[path]

    return ConfFiles(split_arguments, read, lambda pattern: sorted(contents))


def lines_of(text, **files):
    return list(reader(**files).read_text(text, b"redis.conf"))


def configured(text, **files):
    config = Config()
    apply(config, lines_of(text, **files))
    return config


def complaint(text, **files):
    with pytest.raises(ConfigError) as caught:
        configured(text, **files)
    return str(caught.value)


# --- lines


def test_comments_and_blank_lines_are_skipped_and_counted():
    text = b"# a comment\n\n  \t\r\n  Port  7000 \r\n#port 1\ntimeout 7"
    expected = [Line((b"port", b"7000"), b"redis.conf:4"), Line((b"timeout", b"7"), b"redis.conf:6")]
    assert expected == lines_of(text)


def test_words_may_be_quoted():
    assert [b"requirepass", b"a b\n", b"c'd"] == list(lines_of(b"requirepass \"a b\\n\" 'c\\'d'")[0].words)


def test_a_quote_that_stays_open_is_refused():
    expected = "redis.conf:2: unbalanced quotes: every quote must be closed, with a space after it"
    assert expected == complaint(b'\nrequirepass "foo\n')


def test_an_included_file_stands_in_the_place_of_its_line():
    config = configured(b"timeout 1\ninclude a.conf\nhz 3", a_conf=b"timeout 2\nhz 2")
    assert (2, 3) == (config[b"timeout"], config[b"hz"])


def test_a_pattern_includes_all_that_matches_in_order():
    lines = lines_of(b"include *.conf", b_conf=b"hz 2", a_conf=b"hz 1")
    assert [b"a.conf:1", b"b.conf:1"] == [line.place for line in lines]


def test_a_pattern_that_matches_nothing_is_no_error():
    assert [] == lines_of(b"include *.conf")


def test_a_file_that_cannot_be_read_is_an_error():
    assert "a.conf: cannot be read: No such file or directory" == complaint(b"include a.conf")


def test_a_file_that_includes_itself_is_an_error():
    expected = "b.conf:1: include: the file 'a.conf' includes itself"
    assert expected == complaint(b"include a.conf", a_conf=b"include b.conf", b_conf=b"include a.conf")


# --- values


def test_the_last_line_wins():
    config = configured(b"timeout 1\nbind 127.0.0.1\ntimeout 2\nbind ::1 -127.0.0.2\n")
    assert (2, (b"::1", b"-127.0.0.2")) == (config[b"timeout"], config[b"bind"])


def test_several_words_may_come_as_one():
    assert (b"127.0.0.1", b"::1") == configured(b'bind "127.0.0.1 ::1"')[b"bind"]


def test_buffer_limits_add_up():
    text = b"client-output-buffer-limit normal 1 2 3\nclient-output-buffer-limit pubsub 4 5 6 replica 7 8 9\n"
    expected = b"normal 1 2 3 slave 7 8 9 pubsub 4 5 6"
    assert {b"client-output-buffer-limit": expected} == configured(text).get(b"client-output-buffer-limit")


def test_immutable_and_protected_directives_can_be_set_at_start():
    config = configured(b"databases 4\ndir /tmp\nunixsocketperm 700")
    assert (4, b"/tmp", 0o700) == (config[b"databases"], config[b"dir"], config[b"unixsocketperm"])


def test_obsolete_lines_are_read_and_forgotten():
    assert Config().values == configured(b"list-max-ziplist-entries 5\nlist-max-ziplist-value x y\n").values


def test_saving_can_be_switched_off_where_nothing_is_saved():
    assert () == configured(b'save ""')[b"save"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"prot 1", "prot: unknown directive: expected one of those in the redis.conf of Redis 7.2"),
        (
            b"port abc",
            "port: 'abc': argument couldn't be parsed into an integer (expected: an integer between 0 and 65535)",
        ),
        (
            b"PORT 65536",
            "port: '65536': argument must be between 0 and 65535 inclusive (expected: an integer between 0 and 65535)",
        ),
        (b"port", "port: wrong number of arguments (expected: an integer between 0 and 65535)"),
        (b"port 1 2", "port: wrong number of arguments (expected: an integer between 0 and 65535)"),
        (
            b"replicaof localhost",
            "replicaof: 'localhost': wrong number of arguments (expected: a host and a port, or no one)",
        ),
        (
            b"appendonly yes",
            "appendonly: 'yes': refused: the data lives in memory only, nothing is saved yet",
        ),
        (b"save 900 1", "save: '900 1': refused: the data lives in memory only, nothing is saved yet"),
        (b"replicaof localhost 6379", "replicaof: 'localhost 6379': refused: replication does not work yet"),
        (b"user alice on", "user: refused: there are no users but the default one yet"),
        (b"loadmodule x.so", "loadmodule: refused: modules cannot be loaded"),
        (b'rename-command KEYS ""', "rename-command: refused: commands keep their names"),
    ],
)
def test_one_line_says_where_what_and_why(line, expected):
    assert f"redis.conf:2: {expected}" == complaint(b"\n" + line)


def test_the_error_stays_on_one_line_and_tells_no_secrets():
    assert "\n" not in complaint(b'timeout "1\\n2"')
    assert "hunter2" not in complaint(b"requirepass hunter2 hunter2")


# --- the command line


@pytest.mark.parametrize(
    ("arguments", "path", "reads_stdin", "options"),
    [
        ("", None, False, []),
        ("redis.conf", b"redis.conf", False, []),
        ("redis.conf -", b"redis.conf", True, []),
        ("- --port 1", None, True, ["port 1"]),
        ("redis.conf --port 1 -", b"redis.conf", True, ["port 1"]),
        ("--port 7000 --bind a b --Timeout 3", None, False, ["port 7000", "bind a b", "timeout 3"]),
        ("--requirepass --secret --port 1", None, False, ["requirepass --secret", "port 1"]),
        ("--save --port 1", None, False, ["save ", "port 1"]),
        ("--port 1 --save", None, False, ["port 1", "save "]),
        ("--port", None, False, ["port"]),
    ],
)
def test_options_are_lines_that_follow_the_file(arguments, path, reads_stdin, options):
    lines = tuple(Line(tuple(option.encode().split(b" ")), b"command line") for option in options)
    assert CommandLine(path, reads_stdin, lines) == command_line(arguments.encode().split(), split_arguments)


def test_an_option_may_hold_its_values():
    lines = command_line([b"--port 7000", b"--bind", b"a b"], split_arguments).lines
    assert [(b"port", b"7000"), (b"bind", b"a b")] == [line.words for line in lines]


@pytest.mark.parametrize("arguments", [["-x"], ["--"], ['--"port']])
def test_what_is_no_option_is_refused(arguments):
    with pytest.raises(ConfigError, match=r"^command line: "):
        command_line([argument.encode() for argument in arguments], split_arguments)


# --- a real redis-server refuses the same line


@pytest.mark.parametrize(
    "text",
    [
        b"port 0\nport abc\n",
        b"# x\n\n  unixsocketperm 778\n",
        b"unixsocketperm -1\n",
        b"databases 0\n",
        b"io-threads 129\n",
        b"timeout 1 2\n",
        b"timeout\n",
        b"bind\n",
        b"no-such-directive 1\n",
        b'port 0\nrequirepass "foo\n',
        b'requirepass "foo"bar\n',
        b"appendfilename a/b\n",
        b"appenddirname ''\n",
        b"dbfilename a/b\n",
        b"tcp-backlog -1\n",
        b"oom-score-adj-values 1 2\n",
        b"client-output-buffer-limit normal 1 2\n",
        b"latency-tracking-info-percentiles 101\n",
        b"maxmemory 1tb\n",
        b"save 1 2 3\n",
        b"supervised maybe\n",
        b"replicaof localhost\n",
        b"replicaof localhost 65536\n",
        b"include /no/such/file\n",
    ],
)
@pytest.mark.usefixtures("oracle")
def test_a_real_server_refuses_the_same_line(text, tmp_path):
    # The last line is bad for everyone, so that no server is ever started.
    text += b"port this-is-no-port\n"
    command = ["redis-server", "-"]
    theirs = subprocess.run(
        command, input=text, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    ).stdout
    ours = complaint(text)
    if b", at line " in theirs:
        number = theirs.partition(b", at line ")[2].split(b"\n")[0].decode()
        assert f"redis.conf:{number}" == ":".join(ours.split(":")[:2])
    else:
        assert b"Fatal error, can't open config file" in theirs
        assert "/no/such/file: cannot be read" in ours
