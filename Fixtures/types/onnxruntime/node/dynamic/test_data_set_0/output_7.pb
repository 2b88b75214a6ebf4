B
negative:1J|=