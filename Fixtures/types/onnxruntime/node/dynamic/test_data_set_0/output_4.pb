B
positive:1J>=