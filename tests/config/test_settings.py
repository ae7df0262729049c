import pytest

from trioredis import errors
from trioredis.config import BufferLimit, Config, ConfigError
from trioredis.errors import CommandError


@pytest.fixture
def config():
    return Config()


def refusal(config, *pairs, **circumstances):
    with pytest.raises(CommandError) as caught:
        config.set(pairs, **circumstances)
    return caught.value.text


# --- CONFIG GET


def test_values_are_read_by_name_as_python_objects(config):
    assert 10000 == config[b"maxclients"]
    assert (b"127.0.0.1", b"-::1") == config[b"bind"]
    assert BufferLimit(hard=2**30, soft=0, soft_seconds=0) == config[b"client-output-buffer-limit"][b"normal"]


def test_hot_code_may_keep_the_dict_of_values(config):
    values = config.values
    config.set([(b"timeout", b"7")])
    with pytest.raises(CommandError):
        config.set([(b"timeout", b"8"), (b"hz", b"x")])
    assert 7 == values[b"timeout"]


def test_get_takes_names_and_patterns_and_shows_each_once(config):
    assert {b"maxclients": b"10000", b"timeout": b"0"} == config.get(b"maxclients", b"timeout", b"time[o]ut")
    assert {b"replica-priority": b"100", b"slave-priority": b"100"} == config.get(b"*-PRIOrity")
    assert {} == config.get(b"nothing-like-that", b"x*")


def test_get_shows_a_full_name_as_it_was_spelled(config):
    assert {b"MaxClients": b"10000"} == config.get(b"MaxClients")


def test_get_shows_hidden_directives_under_their_full_name_only(config):
    assert {b"key-load-delay": b"0"} == config.get(b"key-load-delay")
    assert {} == config.get(b"key-load-dela?")


# --- CONFIG SET


def test_set_changes_all(config):
    config.set([(b"timeout", b"7"), (b"SLAVE-read-only", b"no")])
    assert {b"timeout": b"7", b"replica-read-only": b"no"} == config.get(b"timeout", b"replica-read-only")


def test_set_changes_nothing_if_one_value_is_bad(config):
    expected = (
        b"ERR CONFIG SET failed (possibly related to argument 'maxclients') - "
        b"argument must be between 1 and 4294967295 inclusive"
    )
    assert expected == refusal(config, (b"timeout", b"7"), (b"MaxClients", b"0"))
    assert 0 == config[b"timeout"]


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([(b"foo", b"1")], errors.unknown_config(b"foo")),
        ([(b"timeout", b"1"), (b"Foo", b"1")], errors.unknown_config(b"Foo")),
        ([(b"Daemonize", b"no")], errors.config_set_failed(b"Daemonize", b"can't set immutable config")),
        ([(b"dir", b"/")], errors.config_set_failed(b"dir", b"can't set protected config")),
        ([(b"hz", b"1"), (b"HZ", b"2")], errors.config_set_failed(b"HZ", b"duplicate parameter")),
        (
            [(b"Slave-Read-Only", b"x")],
            errors.config_set_failed(b"slave-read-only", b"argument must be 'yes' or 'no'"),
        ),
    ],
)
def test_set_refuses_with_the_words_of_redis(config, pairs, text):
    assert text == refusal(config, *pairs)


@pytest.mark.parametrize(("allowed", "is_local"), [(b"yes", False), (b"local", True)])
def test_protected_directives_can_be_allowed(config, allowed, is_local):
    config.values[b"enable-protected-configs"] = allowed
    config.set([(b"dir", b"/tmp")], is_local=is_local)
    assert b"/tmp" == config[b"dir"]


def test_protected_directives_can_be_allowed_to_local_clients_only(config):
    config.values[b"enable-protected-configs"] = b"local"
    assert refusal(config, (b"dir", b"/tmp")).endswith(b"can't set protected config")


def test_what_decides_what_is_loaded_waits_until_it_is(config):
    assert errors.LOADING == refusal(config, (b"appendonly", b"no"), is_loading=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"appendonly", b"yes"),
        (b"save", b"900 1"),
        (b"tls-port", b"6380"),
        (b"maxmemory", b"1gb"),
        (b"maxmemory-policy", b"allkeys-lru"),
        (b"maxmemory-clients", b"10%"),
        (b"shutdown-on-sigterm", b"save"),
        (b"min-replicas-to-write", b"1"),
    ],
)
def test_what_promises_too_much_is_refused_with_the_reason(config, name, value):
    before = config[name]
    start = b"ERR CONFIG SET failed (possibly related to argument '%b') - refused: " % name
    assert refusal(config, (name, value)).startswith(start)
    assert before == config[name]


def test_buffer_limits_that_are_not_mentioned_stay(config):
    config.set([(b"client-output-buffer-limit", b"replica 1kb 2 3")])
    expected = b"normal 1073741824 0 0 slave 1024 2 3 pubsub 33554432 8388608 60"
    assert {b"client-output-buffer-limit": expected} == config.get(b"client-output-buffer-limit")


# --- acting on changes


def test_a_listener_reads_the_new_values(config):
    seen = []
    config.on_change(b"timeout", lambda: seen.append((config[b"timeout"], config[b"hz"])))
    config.set([(b"timeout", b"7"), (b"hz", b"20")])
    assert [(7, 20)] == seen


def test_a_listener_is_not_told_of_a_value_that_stays(config):
    seen = []
    config.on_change(b"timeout", lambda: seen.append(None))
    config.set([(b"timeout", b"0")])
    assert [] == seen


def test_a_listener_to_several_directives_is_told_once(config):
    seen = []

    def listener():
        seen.append((config[b"port"], config[b"bind"]))

    config.on_change(b"port", listener)
    config.on_change(b"bind", listener)
    config.set([(b"port", b"7000"), (b"bind", b"127.0.0.1")])
    assert [(7000, (b"127.0.0.1",))] == seen


def test_what_one_listener_refuses_is_undone_by_all(config):
    seen = []

    def refuse():
        if config[b"port"] == 7000:
            raise ConfigError(b"Unable to listen on this port. Check server logs.")

    config.on_change(b"timeout", lambda: seen.append(config[b"timeout"]))
    config.on_change(b"port", refuse)
    config.on_change(b"hz", lambda: seen.append("hz"))
    text = errors.config_set_failed(b"port", b"Unable to listen on this port. Check server logs.")
    assert text == refusal(config, (b"timeout", b"7"), (b"port", b"7000"), (b"hz", b"20"))
    assert [7, 0] == seen
    assert (0, 6379, 10) == (config[b"timeout"], config[b"port"], config[b"hz"])


def test_a_listener_that_breaks_leaves_nothing_changed(config):
    seen = []

    def break_down():
        seen.append(config[b"timeout"])
        if config[b"timeout"]:
            raise ZeroDivisionError

    config.on_change(b"timeout", break_down)
    with pytest.raises(ZeroDivisionError):
        config.set([(b"timeout", b"7")])
    assert [7, 0] == seen
