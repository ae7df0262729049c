"""`python -m trioredis`: the command line."""
import sys
import gc
import trio
from functools import partial
from trioredis.app import serve
port=int(sys.argv[sys.argv.index("--port")+1])
transport = sys.argv[sys.argv.index("--transport")+1] if "--transport" in sys.argv else "selector"
gc.collect(); gc.freeze(); gc.set_threshold(100_000, 50, 1000)
trio.run(partial(serve, port=port, transport=transport))
