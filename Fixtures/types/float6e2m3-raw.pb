B
FLOAT6E2M3J¹À•þ