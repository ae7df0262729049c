"""Set commands: replies, announcements and encodings beside a real Redis.

The oracle knows no listpack for sets; where one decides, what is expected comes from t_set.c of 7.2 and stands here. The
order of a set that is no intset is chance on either side, so such replies are compared as sets.
"""
