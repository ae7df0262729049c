"""Locks, semaphores and rate limits, as libraries and people write them."""

from scripting.corpus.script import Script

LOCKS = [
    Script(
        "release a lock that is one's own",
        """
        if redis.call("get", KEYS[1]) == ARGV[1] then
            return redis.call("del", KEYS[1])
        else
            return 0
        end
        """,
        "lock",
        "token",
        before="SET lock token",
    ),
    Script(
        "release a lock that is somebody else's",
        """
        if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else
        return 0 end
        """,
        "lock",
        "token",
        before="SET lock other",
    ),
    Script(
        "extend a lock",
        """
        local token = redis.call('get', KEYS[1])
        if not token or token ~= ARGV[1] then
            return 0
        end
        local expiration = redis.call('pttl', KEYS[1])
        if not expiration then
            expiration = 0
        end
        if expiration < 0 then
            return 0
        end
        local newttl = ARGV[2]
        if ARGV[3] == "0" then
            newttl = ARGV[2] + expiration
        end
        redis.call('pexpire', KEYS[1], newttl)
        return 1
        """,
        "lock",
        "token 100000000 1",
        before="SET lock token PX 50000000",
    ),
    Script(
        "extend a lock that has no deadline",
        "local t = redis.call('pttl', KEYS[1]) if t < 0 then return 0 end return 1",
        "lock",
        before="SET lock token",
    ),
    Script(
        "take a lock that may be taken again",
        """
        if redis.call('exists', KEYS[1]) == 0 or redis.call('hexists', KEYS[1], ARGV[2]) == 1 then
            redis.call('hincrby', KEYS[1], ARGV[2], 1)
            redis.call('pexpireat', KEYS[1], ARGV[1])
            return nil
        end
        return redis.call('pexpiretime', KEYS[1])
        """,
        "lock",
        "4102444800000 client:1",
        times=3,
    ),
    Script(
        "give back a lock that was taken twice",
        """
        if redis.call('hexists', KEYS[1], ARGV[1]) == 0 then return nil end
        local counter = redis.call('hincrby', KEYS[1], ARGV[1], -1)
        if counter > 0 then return 0 end
        redis.call('del', KEYS[1])
        redis.call('publish', KEYS[2], 'free')
        return 1
        """,
        "lock channel",
        "me",
        before="HSET lock me 2",
        times=3,
    ),
    Script(
        "a semaphore",
        """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
        if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
            redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
            return 1
        end
        return 0
        """,
        "holders",
        "1000 10 2 me",
        before="ZADD holders 985 gone 995 there 999 here",
    ),
    Script(
        "compare and set",
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2])
        return 1 end return 0
        """,
        "k",
        "old new",
        before="SET k old",
        times=2,
    ),
    Script(
        "set if larger",
        """
        local v = tonumber(redis.call('GET', KEYS[1]) or '-inf') local n = tonumber(ARGV[1])
        if n > v then redis.call('SET', KEYS[1], n) return 1 end return 0
        """,
        "k",
        "7",
        before="SET k 5",
        times=2,
    ),
]

LIMITS = [
    Script(
        "a fixed window",
        """
        local current = redis.call('INCR', KEYS[1])
        if current == 1 then
            redis.call('EXPIREAT', KEYS[1], ARGV[2])
        end
        if current > tonumber(ARGV[1]) then
            return {0, current - 1}
        end
        return {1, ARGV[1] - current}
        """,
        "window",
        "2 4102444800",
        times=4,
    ),
    Script(
        "a sliding window",
        """
        local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - window)
        local count = redis.call('ZCARD', KEYS[1])
        if count >= limit then
            local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
            return {0, oldest[2] + window - now}
        end
        redis.call('ZADD', KEYS[1], now, now .. '-' .. count)
        redis.call('PEXPIREAT', KEYS[1], 4102444800000)
        return {1, limit - count - 1}
        """,
        "hits",
        "1700000000 60 3",
        times=5,
    ),
    Script(
        "a token bucket",
        """
        local capacity, rate, now, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = tonumber(bucket[1]) or capacity
        local at = tonumber(bucket[2]) or now
        tokens = math.min(capacity, tokens + (now - at) * rate)
        local allowed = tokens >= wanted
        if allowed then tokens = tokens - wanted end
        redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
        return {allowed and 1 or 0, tostring(tokens)}
        """,
        "bucket",
        "10 0.5 1003.25 3",
        before="HSET bucket tokens 4.5 at 1000",
        times=3,
    ),
    Script(
        "a leaky bucket (GCRA)",
        """
        local emission, burst, now = ARGV[1] / ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
        local tat = tonumber(redis.call('GET', KEYS[1])) or now
        tat = math.max(tat, now)
        local new_tat = tat + emission
        local allow_at = new_tat - burst * emission
        if allow_at > now then
            return {0, string.format('%.3f', allow_at - now)}
        end
        redis.call('SET', KEYS[1], string.format('%.6f', new_tat))
        return {1, string.format('%.3f', now - allow_at)}
        """,
        "gcra",
        "60 20 3 1000",
        times=5,
    ),
    Script(
        "several windows at once",
        """
        local limits = cjson.decode(ARGV[1])
        local longest = 0
        for i, limit in ipairs(limits) do
            local key = KEYS[1] .. ':' .. limit[1]
            local hits = redis.call('INCR', key)
            if hits > limit[2] then return i end
            longest = math.max(longest, limit[1])
        end
        return -longest
        """,
        "api",
        ("[[60, 3], [3600, 5]]",),
        times=5,
    ),
]
