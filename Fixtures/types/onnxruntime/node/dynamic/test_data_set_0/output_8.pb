B
negative:2Jÿ