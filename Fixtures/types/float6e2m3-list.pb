*&0:B
FLOAT6E2M3