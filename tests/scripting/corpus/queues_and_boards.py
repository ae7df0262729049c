"""Queues, streams, boards, filters and sums, as people write them."""

from scripting.corpus.script import Script

QUEUES = [
    Script(
        "move jobs that are due",
        """
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 100)
        if #due > 0 then
            redis.call('ZREMRANGEBYRANK', KEYS[1], 0, #due - 1)
            for i = 1, #due, 2 do
                redis.call('RPUSH', KEYS[2], unpack(due, i, math.min(i + 1, #due)))
            end
        end
        return due
        """,
        "delayed ready",
        "50",
        before="ZADD delayed 10 a 20 b 50 c 51 d",
        times=2,
    ),
    Script(
        "take a job reliably",
        """
        local job = redis.call('RPOPLPUSH', KEYS[1], KEYS[2])
        if not job then return false end
        redis.call('HINCRBY', KEYS[3], job, 1)
        return {job, redis.call('HGET', KEYS[3], job)}
        """,
        "queue busy attempts",
        before="LPUSH queue j1 j2",
        times=3,
    ),
    Script(
        "push if there is room",
        """
        if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[1]) then
        return redis.error_reply('FULL queue is full') end
        return redis.call('RPUSH', KEYS[1], ARGV[2])
        """,
        "queue",
        "2 x",
        times=3,
    ),
    Script(
        "take all at once",
        "local all = redis.call('LRANGE', KEYS[1], 0, -1) redis.call('DEL', KEYS[1]) return all",
        "queue",
        before="RPUSH queue a b c",
        times=2,
    ),
    Script(
        "a queue without duplicates",
        """
        local added = 0
        for _, item in ipairs(ARGV) do
            if redis.call('SADD', KEYS[2], item) == 1 then
                redis.call('RPUSH', KEYS[1], item)
                added = added + 1
            end
        end
        return added
        """,
        "queue seen",
        "a b a c b",
    ),
    Script(
        "the queue that is next",
        """
        for i, key in ipairs(KEYS) do
            local job = redis.call('LPOP', key)
            if job then return {key, job, i} end
        end
        return false
        """,
        "high normal low",
        before="RPUSH low z\nRPUSH normal y",
        times=3,
    ),
    Script(
        "a priority queue",
        """
        local top = redis.call('ZPOPMIN', KEYS[1]) if #top == 0 then return nil end
        return {top[1], tonumber(top[2])}
        """,
        "prio",
        before="ZADD prio 5 five 1.5 one",
        times=3,
    ),
    Script(
        "a circular log",
        """
        redis.call('LPUSH', KEYS[1], ARGV[1]) redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
        return redis.call('LLEN', KEYS[1])
        """,
        "log",
        "line 3",
        times=5,
    ),
    Script(
        "a stream consumed in a script",
        """
        redis.pcall('XGROUP', 'CREATE', KEYS[1], 'workers', '0')
        local read = redis.call('XREADGROUP', 'GROUP', 'workers', 'w1', 'COUNT', 2, 'STREAMS', KEYS[1], '>')
        if not read then return 'nothing' end
        local ids = {}
        for _, entry in ipairs(read[1][2]) do
            local id, fields = entry[1], entry[2]
            ids[#ids + 1] = id .. ':' .. fields[1] .. '=' .. fields[2]
            redis.call('XACK', KEYS[1], 'workers', id)
        end
        return ids
        """,
        "stream",
        before="XADD stream 1-1 a 1\nXADD stream 2-1 b 2\nXADD stream 3-1 c 3",
        times=3,
    ),
    Script(
        "trim a stream",
        """
        for i = 1, 20 do redis.call('XADD', KEYS[1], i .. '-0', 'n', i) end
        redis.call('XTRIM', KEYS[1], 'MAXLEN', 5) return redis.call('XRANGE', KEYS[1], '-', '+')
        """,
        "stream",
    ),
]

BOARDS = [
    Script(
        "a board with ranks",
        """
        redis.call('ZINCRBY', KEYS[1], ARGV[2], ARGV[1])
        local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
        local top = redis.call('ZREVRANGE', KEYS[1], 0, 2, 'WITHSCORES')
        return {rank + 1, top}
        """,
        "board",
        "carol 15.5",
        before="ZADD board 10 alice 20 bob 5 carol",
        times=2,
    ),
    Script(
        "who is around somebody on the board",
        """
        local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
        if not rank then return {} end
        local first = math.max(0, rank - ARGV[2])
        return redis.call('ZREVRANGE', KEYS[1], first, rank + ARGV[2])
        """,
        "board",
        "c 1",
        before="ZADD board 1 a 2 b 3 c 4 d 5 e",
    ),
    Script(
        "a bloom filter",
        """
        local size, hashes, seen = tonumber(ARGV[2]), 3, true
        local sha = redis.sha1hex(ARGV[1])
        for i = 1, hashes do
            local bits = tonumber(string.sub(sha, i * 8 - 7, i * 8), 16) % size
            if redis.call('SETBIT', KEYS[1], bits, 1) == 0 then seen = false end
        end
        return seen and 1 or 0
        """,
        "bloom",
        "item 1024",
        times=2,
    ),
    Script(
        "visitors of a day",
        """
        for i = 1, 100 do redis.call('PFADD', KEYS[1], 'user' .. (i % 37)) end
        return redis.call('PFCOUNT', KEYS[1])
        """,
        "visitors",
    ),
    Script(
        "bits that are set",
        """
        for i = 0, 63, 3 do redis.call('SETBIT', KEYS[1], i, 1) end
        return {redis.call('BITCOUNT', KEYS[1]), redis.call('BITPOS', KEYS[1], 0), redis.call('GET', KEYS[1])}
        """,
        "bits",
    ),
    Script(
        "sum of a list",
        """
        local sum = 0
        for _, v in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do sum = sum + v end return sum
        """,
        "list",
        before="RPUSH list 1 2 3.5 4",
    ),
    Script(
        "the mean as text",
        """
        local v = redis.call('LRANGE', KEYS[1], 0, -1) local sum = 0
        for i = 1, #v do sum = sum + tonumber(v[i]) end return tostring(sum / #v)
        """,
        "list",
        before="RPUSH list 1 2 4",
    ),
    Script(
        "increment many fields",
        """
        for i = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
        return redis.call('HGETALL', KEYS[1])
        """,
        "hash",
        "a 1",
        times=2,
    ),
    Script(
        "a hash as a table",
        """
        local t = redis.call('HGETALL', KEYS[1]) local h = {}
        for i = 1, #t, 2 do h[t[i]] = t[i + 1] end return {h.name, h.age, tostring(h.none)}
        """,
        "user",
        before="HSET user name Ada age 36",
    ),
    Script(
        "delete by pattern",
        """
        local n = 0 for _, k in ipairs(redis.call('KEYS', ARGV[1])) do n = n +
        redis.call('DEL', k) end return n
        """,
        "",
        "user:*",
        before="MSET user:1 a user:2 b other c",
    ),
    Script(
        "scan to the end",
        """
        local cursor, count = '0', 0
        repeat
            local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 10)
            cursor = page[1]
            count = count + #page[2]
        until cursor == '0'
        return count
        """,
        "",
        "k*",
        before="MSET k1 a k2 b k3 c x d",
    ),
    Script(
        "copy a list",
        """
        redis.call('DEL', KEYS[2])
        for _, v in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do redis.call('RPUSH', KEYS[2], v) end
        return redis.call('LLEN', KEYS[2])
        """,
        "from to",
        before="RPUSH from a b c\nRPUSH to x",
    ),
    Script(
        "sort by field",
        "return redis.call('SORT', KEYS[1], 'BY', 'w_*', 'GET', '#', 'GET', 'w_*')",
        "ids",
        before="RPUSH ids 1 2 3\nMSET w_1 30 w_2 10 w_3 20",
    ),
    Script(
        "rename with care",
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then
        return redis.call('RENAME', KEYS[1], KEYS[2]) end return redis.status_reply('NONE')
        """,
        "a b",
        before="SET a 1",
        times=2,
    ),
    Script(
        "intersect and count",
        """
        redis.call('SINTERSTORE', KEYS[3], KEYS[1], KEYS[2])
        return {redis.call('SCARD', KEYS[3]), redis.call('SUNION', KEYS[3], 'none')}
        """,
        "s1 s2 out",
        before="SADD s1 a b c\nSADD s2 c d",
    ),
    Script(
        "a distance",
        "return redis.call('GEODIST', KEYS[1], 'a', 'b', 'km')",
        "geo",
        before="GEOADD geo 13.361389 38.115556 a 15.087269 37.502669 b",
    ),
    Script(
        "an expiry that is passed on",
        "redis.call('SET', KEYS[1], 'v', 'EXAT', ARGV[1]) return redis.call('EXPIRETIME', KEYS[1])",
        "k",
        "4102444800",
    ),
    Script(
        "many writes",
        "for i = 1, 1000 do redis.call('SET', 'key:' .. i, i) end return redis.call('DBSIZE')",
    ),
    Script(
        "random numbers from a seed",
        """
        math.randomseed(tonumber(ARGV[1]))
        return {math.random(100), math.random(100), math.random(100)}
        """,
        "",
        "12345",
        times=2,
    ),
]
