"""`python -m trioredis`: the command line."""

from trioredis.cli import main

main()
