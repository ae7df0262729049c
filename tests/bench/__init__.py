"""The benchmark: trioredis beside redis-server and fakeredis, in one run, on one machine.

`nox -s bench` runs it, and where trioredis is installed, `PYTHONPATH=tests python -m bench` does too. In
reading order:

- `contestants`  the servers, how each is started, pinned to one core
- `speed`        redis-benchmark on the other core, in interleaved rounds
- `publishing`  the same for messages, to one and to very many subscribers (`drain`)
- `memory`       what a million small keys cost
- `idle`         what a hundred silent clients cost
- `steps`        how long the server holds the loop at a time
- `report`       claims, tables, the JSON file

It is no test: nothing fails because a machine is slow. A figure that misses what was promised is marked.
"""
